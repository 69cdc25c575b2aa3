/// One exchange to be had with a server, and how much time and memory it may cost.
package struct HTTPRequest: Sendable, Hashable {
    /// What is asked for.
    package var method: HTTPMethod
    /// Absolute, `http` or `https`, already percent-encoded; see ``URLBuilder``.
    package var url: String
    /// Sent as they are. `Host`, `Content-Length`, `Accept-Encoding` and, unless set here, `User-Agent` are the transport's.
    package var headers: HTTPHeaders
    /// What is sent along; `nil` for nothing. Its kind is stated by a `Content-Type` header.
    package var body: [UInt8]?
    /// How long the whole exchange may take, from looking the host up to the last byte of the body.
    package var timeout: Duration
    /// How long it may take until there is a connection, TLS included.
    package var connectTimeout: Duration
    /// How large the response body may become after decompression. More than that ends in ``HTTPError/bodyTooLarge(_:limitInBytes:)``.
    package var maximumBodySizeInBytes: Int
    /// Whether a 3xx answer with a `Location` is followed: at most five times, only to `http` and `https`, never from
    /// `https` to `http`, and to another host without `Authorization` and `Cookie`.
    package var followsRedirects: Bool

    /// A request with the usual limits: 60 s in all, 10 s to connect, 64 MiB, redirects followed.
    package init(
        method: HTTPMethod = .get,
        url: String,
        headers: HTTPHeaders = HTTPHeaders(),
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(60),
        connectTimeout: Duration = .seconds(10),
        maximumBodySizeInBytes: Int = 64 << 20,
        followsRedirects: Bool = true
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.connectTimeout = connectTimeout
        self.maximumBodySizeInBytes = maximumBodySizeInBytes
        self.followsRedirects = followsRedirects
    }
}
