extension HTTPRequest {
    /// So many redirects are followed.
    static let maximumRedirects = 5

    /// What another host may know of a request; everything else, such as `Authorization` or a key in a field of its own,
    /// was meant for the first.
    private static let fieldsForOthers = ["accept", "accept-language", "content-type", "user-agent", "range"]

    /// The request that a redirect asks for; `nil` when it leads out of https or to something that is not http.
    func redirected(
        to url: String, status: Int, from old: URLParts
    ) -> (request: HTTPRequest, target: URLParts)? {
        guard let new = URLParts(url), old.scheme == "http" || new.scheme == "https" else { return nil }
        var next = self
        next.url = url
        if status == 303 && method != .head || (status == 301 || status == 302) && method == .post {
            // RFC 9110 section 15.4: a 303 is fetched, and so in practice is what a POST is redirected to.
            next.method = .get
            next.body = nil
            next.headers.remove("Content-Type")
        }
        if !new.hasSameOrigin(as: old) {
            var headers = HTTPHeaders()
            for field in next.headers where Self.fieldsForOthers.contains(field.name.lowercased()) {
                headers.append(field.name, field.value)
            }
            next.headers = headers
        }
        return (next, new)
    }
}
