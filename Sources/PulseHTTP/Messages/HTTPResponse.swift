/// What a server answered, whole. Every status is a response: 404 and 503 are not errors here.
package struct HTTPResponse: Sendable, Hashable {
    /// 200 to 999; interim answers (1xx) are not reported.
    package let status: Int
    /// The fields of the last answer, when there were redirects.
    package let headers: HTTPHeaders
    /// Decompressed.
    package var body: [UInt8]
    /// Where the answer came from in the end, after redirects, without user name and password.
    package let url: String
    /// `HTTP/1.0`, `HTTP/1.1`, `HTTP/2` or `HTTP/3`.
    package let version: String

    /// A response, as a transport (also a simulated one) makes it.
    package init(
        status: Int,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8] = [],
        url: String,
        version: String = "HTTP/1.1"
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.url = url
        self.version = version
    }
}
