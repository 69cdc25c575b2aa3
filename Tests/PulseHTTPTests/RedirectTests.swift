import PulseHTTP
import PulseTestServer
import Testing

@Suite(.timeLimit(.minutes(1))) struct RedirectTests {
    let transport = CurlTransport(configuration: .init(proxy: .none))

    struct Rule: Sendable, CustomTestStringConvertible {
        let status: Int
        let method: HTTPMethod
        let becomes: HTTPMethod
        let keepsBody: Bool
        var testDescription: String { "\(method.rawValue) redirected by \(status)" }
    }

    static let rules = [
        Rule(status: 301, method: .get, becomes: .get, keepsBody: false),
        Rule(status: 301, method: .post, becomes: .get, keepsBody: false),
        Rule(status: 302, method: .post, becomes: .get, keepsBody: false),
        Rule(status: 302, method: .put, becomes: .put, keepsBody: true),
        Rule(status: 303, method: .post, becomes: .get, keepsBody: false),
        Rule(status: 303, method: .patch, becomes: .get, keepsBody: false),
        Rule(status: 303, method: .head, becomes: .head, keepsBody: false),
        Rule(status: 307, method: .post, becomes: .post, keepsBody: true),
        Rule(status: 307, method: .delete, becomes: .delete, keepsBody: true),
        Rule(status: 308, method: .patch, becomes: .patch, keepsBody: true),
    ]

    @Test(arguments: rules)
    func `a redirect keeps or changes the method as RFC 9110 says`(rule: Rule) async throws {
        let server = try TestServer { connection in
            while let request = connection.request() {
                if request.target == "/a/old" {
                    let body = request.method == "HEAD" ? "" : "gone"
                    connection.respond("\(rule.status) Moved", headers: ["Location: ../new?x=1"], body)
                } else {
                    connection.respond("200 OK", request.method == "HEAD" ? "" : "here")
                }
            }
        }
        let hasBody = rule.method != .get && rule.method != .head
        var headers: HTTPHeaders = ["Authorization": "Bearer t"]
        if hasBody { headers.set("Content-Type", "text/x") }
        let response = try await transport.send(
            HTTPRequest(
                method: rule.method, url: server.url("/a/old"), headers: headers,
                body: hasBody ? Array("body".utf8) : nil))

        #expect(response.status == 200)
        #expect(response.url == server.url("/new?x=1"))
        #expect(response.body == (rule.method == .head ? [] : Array("here".utf8)))
        let second = try #require(server.requests.last)
        #expect(second.target == "/new?x=1")
        #expect(second.method == rule.becomes.rawValue)
        #expect(second.body == (rule.keepsBody ? Array("body".utf8) : []))
        #expect(second.header("Content-Type") == (rule.keepsBody ? "text/x" : nil))
        #expect(second.header("Authorization") == "Bearer t")
        #expect(server.requests.count == 2)
        #expect(server.connectionCount == 1)
    }

    @Test func `another host learns nothing that was meant for the first`() async throws {
        let other = try TestServer { connection in
            while connection.request() != nil { connection.respond("200 OK", "other") }
        }
        // The same machine under another port is another origin already.
        let server = try TestServer { connection in
            while connection.request() != nil {
                connection.respond("302 Found", headers: ["Location: \(other.url("/there"))"])
            }
        }
        let headers: HTTPHeaders = [
            "Authorization": "Bearer t", "Cookie": "c=1", "X-Api-Key": "k", "Accept": "application/json",
            "User-Agent": "mine",
        ]
        let response = try await transport.send(HTTPRequest(url: server.url(), headers: headers))
        #expect(response.body == Array("other".utf8))
        let received = try #require(other.requests.first)
        #expect(received.header("Authorization") == nil)
        #expect(received.header("Cookie") == nil)
        #expect(received.header("X-Api-Key") == nil)
        #expect(received.header("Accept") == "application/json")
        #expect(received.header("User-Agent") == "mine")
        #expect(server.requests.first?.header("Authorization") == "Bearer t")
    }

    @Test func `a loop ends after five redirects`() async throws {
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond("301 Moved", headers: ["Location: /again"]) }
        }
        let error = await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: server.url())) }
        #expect(error == .tooManyRedirects(.init(host: "127.0.0.1")))
        #expect(server.requests.count == 6)
    }

    @Test(arguments: ["ftp://127.0.0.1/x", "file:///etc/passwd", "gopher://127.0.0.1:70/", "javascript:1"])
    func `a redirect to something that is not http is refused`(location: String) async throws {
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond("302 Found", headers: ["Location: \(location)"]) }
        }
        let error = await failure { () throws(HTTPError) in try await transport.send(HTTPRequest(url: server.url("/a")))
        }
        // What libcurl does not know as a scheme, it reads as a path of the same host.
        if case .tooManyRedirects = error {
            #expect(location.hasPrefix("javascript"))
        } else {
            #expect(error == .unsupportedURL(.init(host: "127.0.0.1")))
        }
    }

    @Test func `a redirect is an answer when it is not to be followed or says nowhere`() async throws {
        let server = try TestServer { connection in
            while let request = connection.request() {
                let headers = request.target == "/with" ? ["Location: /next"] : []
                connection.respond("302 Found", headers: headers, "look")
            }
        }
        let kept = try await transport.send(HTTPRequest(url: server.url("/with"), followsRedirects: false))
        #expect(kept.status == 302)
        #expect(kept.headers["Location"] == "/next")
        #expect(kept.body == Array("look".utf8))
        let nowhere = try await transport.send(HTTPRequest(url: server.url("/without")))
        #expect(nowhere.status == 302)
        #expect(nowhere.body == Array("look".utf8))
    }

    @Test func `an endless body of a redirect is cut off`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 302 Found\r\nLocation: /next\r\n\r\n")
            while connection.write([UInt8](repeating: 1, count: 16 << 10)) {}
        }
        let request = HTTPRequest(url: server.url(), maximumBodySizeInBytes: 100_000)
        let error = await failure { () throws(HTTPError) in try await transport.send(request) }
        #expect(error == .bodyTooLarge(.init(host: "127.0.0.1"), limitInBytes: 100_000))
    }
}
