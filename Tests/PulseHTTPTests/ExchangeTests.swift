import PulseHTTP
import PulseTestServer
import Testing

/// What comes back from servers that keep the rules, each in its own way.
@Suite(.timeLimit(.minutes(1))) struct ExchangeTests {
    let transport = CurlTransport(configuration: .init(proxy: .none))

    @Test func `a kept connection serves one request after the other`() async throws {
        let server = try TestServer { connection in
            while let request = connection.request() {
                connection.respond("200 OK", headers: ["X-P: q"], request.target)
            }
        }
        for number in 1...5 {
            let response = try await transport.send(HTTPRequest(url: server.url("/\(number)")))
            #expect(response.status == 200)
            #expect(response.headers["x-p"] == "q")
            #expect(response.body == Array("/\(number)".utf8))
            #expect(response.url == server.url("/\(number)"))
            #expect(response.version == "HTTP/1.1")
        }
        #expect(server.connectionCount == 1)
    }

    @Test func `a server that closes after each answer gets a connection each`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end")
        }
        for _ in 1...3 {
            let response = try await transport.send(HTTPRequest(url: server.url()))
            #expect(response.body == Array("until the end".utf8))
        }
        #expect(server.connectionCount == 3)
    }

    @Test func `a chunked body is joined and its trailers stay out of the head`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            connection.write("3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nAuthorization: trailer\r\n\r\n")
            connection.waitForClose()
        }
        let response = try await transport.send(HTTPRequest(url: server.url()))
        #expect(response.body == Array("abcdefg".utf8))
        #expect(response.headers["Authorization"] == nil)
    }

    @Test func `a compressed body is asked for and arrives decompressed`() async throws {
        // "hello" as gzip -n makes it.
        let compressed: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0x86, 0xA6, 0x10, 0x36, 5, 0,
            0,
            0,
        ]
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(compressed.count)\r\n\r\n")
            connection.write(compressed)
            connection.waitForClose()
        }
        let response = try await transport.send(HTTPRequest(url: server.url()))
        #expect(response.body == Array("hello".utf8))
        #expect(try #require(server.requests.first).header("Accept-Encoding")?.contains("gzip") == true)
    }

    @Test(arguments: [(HTTPMethod.head, "200 OK", 12), (.get, "204 No Content", 0), (.get, "304 Not Modified", 0)])
    func `answers without a body end at once`(method: HTTPMethod, status: String, length: Int) async throws {
        let server = try TestServer { connection in
            while connection.request() != nil {
                connection.write("HTTP/1.1 \(status)\r\nContent-Length: \(length)\r\nETag: \"e\"\r\n\r\n")
            }
        }
        for _ in 1...2 {
            let response = try await transport.send(HTTPRequest(method: method, url: server.url()))
            #expect(response.body == [])
            #expect(response.headers["ETag"] == "\"e\"")
            #expect(status.hasPrefix("\(response.status)"))
        }
        #expect(server.connectionCount == 1)
        #expect(server.requests.map(\.method) == [method.rawValue, method.rawValue])
    }

    @Test func `interim answers are passed over`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write(
                "HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n")
            connection.respond("201 Created", headers: ["X-Final: 1"], "done")
            connection.waitForClose()
        }
        let response = try await transport.send(HTTPRequest(method: .post, url: server.url(), body: Array("x".utf8)))
        #expect(response.status == 201)
        #expect(response.headers["X-Interim"] == nil)
        #expect(response.headers["Link"] == nil)
        #expect(response.headers["X-Final"] == "1")
        #expect(response.body == Array("done".utf8))
    }

    @Test(arguments: [400, 401, 403, 404, 429, 500, 502, 503])
    func `a status of failure is an answer and keeps its body`(status: Int) async throws {
        let server = try TestServer { connection in
            while connection.request() != nil {
                connection.respond("\(status) No", headers: ["Retry-After: 7"], "why")
            }
        }
        let response = try await transport.send(HTTPRequest(url: server.url()))
        #expect(response.status == status)
        #expect(response.headers["Retry-After"] == "7")
        #expect(response.body == Array("why".utf8))
    }

    @Test(arguments: [HTTPMethod.post, .put, .patch, .delete])
    func `a body is sent whole and nothing is invented`(method: HTTPMethod) async throws {
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond() }
        }
        let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let headers: HTTPHeaders = [
            "Content-Type": "application/x-test", "X-Empty": "", "Content-Length": "3", "Transfer-Encoding": "chunked",
            "Host": "elsewhere.example",
        ]
        let request = HTTPRequest(method: method, url: server.url("/a?b=c%20d"), headers: headers, body: body)
        #expect(try await transport.send(request).status == 200)
        #expect(try await transport.send(HTTPRequest(method: method, url: server.url())).status == 200)

        let first = try #require(server.requests.first)
        #expect(first.method == method.rawValue)
        #expect(first.target == "/a?b=c%20d")
        #expect(first.body == body)
        #expect(first.header("Content-Type") == "application/x-test")
        #expect(first.header("Content-Length") == "3000000")
        #expect(first.header("X-Empty") == "")
        #expect(first.header("Expect") == nil)
        #expect(first.header("Transfer-Encoding") == nil)
        #expect(first.header("Host") == "127.0.0.1:\(server.port)")
        #expect(first.header("User-Agent") == "pulse/1.0")
        let second = try #require(server.requests.last)
        #expect(second.method == method.rawValue)
        #expect(second.body == [])
        #expect(second.header("Content-Type") == nil)
        #expect(second.header("Content-Length") == "0")
    }

    @Test func `sixty-four requests are under way at once`() async throws {
        let arrived = Tally()
        let gate = Gate()
        let server = try TestServer { connection in
            while let request = connection.request() {
                if arrived.add() == 64 { gate.open() }
                gate.pass()
                connection.respond("200 OK", request.target)
            }
        }
        let transport = CurlTransport(configuration: .init(proxy: .none, maximumConnectionsPerHost: 64))
        let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<64 {
                group.addTask { try await transport.send(HTTPRequest(url: server.url("/\(number)"))).body }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(bodies == Set((0..<64).map { Array("/\($0)".utf8) }))
    }

    @Test func `no more connections are opened to a host than allowed`() async throws {
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond("200 OK", "x") }
        }
        let transport = CurlTransport(configuration: .init(proxy: .none, maximumConnectionsPerHost: 3))
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 {
                group.addTask { try await transport.send(HTTPRequest(url: server.url())).status }
            }
            for try await status in group { #expect(status == 200) }
        }
        #expect(server.requests.count == 60)
        #expect((1...3).contains(server.connectionCount))
    }

    @Test func `fields that occur twice, are folded or hold strange bytes are read safely`() async throws {
        let server = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 200 Fine\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX-Fold: one\r\n  two\r\n")
            connection.write("X-Bare: a\rX-Evil: 1\r\nX-Latin: caf".utf8)
            connection.write([0xE9])
            connection.write("\r\nContent-Length: 2\r\n\r\nok")
            connection.waitForClose()
        }
        let response = try await transport.send(HTTPRequest(url: server.url()))
        #expect(response.headers.values(of: "set-cookie") == ["a", "b"])
        #expect(response.headers["X-Fold"] == "one two")
        #expect(response.headers["X-Bare"] == "a X-Evil: 1")
        #expect(response.headers["X-Evil"] == nil)
        #expect(response.headers["X-Latin"] == "caf\u{FFFD}")
    }

    @Test func `user name and password of a URL are used and not reported`() async throws {
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond() }
        }
        let response = try await transport.send(HTTPRequest(url: server.url("/p", user: "me:secret@")))
        #expect(response.url == server.url("/p"))
        #expect(server.requests.first?.header("Authorization") == "Basic bWU6c2VjcmV0")
    }
}
