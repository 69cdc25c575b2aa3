import PulseHTTP

/// For engines and sources that are only looked at: nothing is sent.
struct NoTransport: HTTPTransport {
    func send(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        throw .unsupportedURL(HTTPError.Origin(host: ""))
    }
}
