/// An answer whose body is still arriving.
package struct HTTPStreamedResponse: Sendable {
    struct Head: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let url: String
        let version: String
    }

    /// 200 to 999.
    package let status: Int
    /// The fields of the last answer, when there were redirects.
    package let headers: HTTPHeaders
    /// Where the answer comes from in the end, without user name and password.
    package let url: String
    /// `HTTP/1.1`, `HTTP/2`.
    package let version: String
    /// The bytes as they arrive. Letting go of it ends the exchange.
    package let body: HTTPBodyStream

    init(head: Head, body: HTTPBodyStream) {
        status = head.status
        headers = head.headers
        url = head.url
        version = head.version
        self.body = body
    }
}
