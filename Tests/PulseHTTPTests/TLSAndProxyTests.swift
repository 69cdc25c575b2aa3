import Glibc
import PulseHTTP
import PulseTestServer
import Testing

@Suite(.timeLimit(.minutes(1))) struct TLSTests {
    static let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".utf8)

    private func transport(caFile: String? = nil) -> CurlTransport {
        CurlTransport(configuration: .init(proxy: .none, extraCAFile: caFile))
    }

    @Test func `a certificate that nobody vouches for is refused`() async throws {
        let server = try TLSServer(names: "DNS:localhost", answer: Self.answer)
        let error = await failure { () throws(HTTPError) in
            try await transport().send(HTTPRequest(url: "https://localhost:\(server.port)/"))
        }
        guard case .tlsFailure(let origin, let detail) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(origin == .init(host: "localhost", curlCode: 60))
        #expect(detail.contains("certificate"))
    }

    @Test func `a certificate for another name is refused`() async throws {
        let server = try TLSServer(names: "DNS:elsewhere.example", answer: Self.answer)
        let error = await failure { () throws(HTTPError) in
            try await transport(caFile: server.certificateFile)
                .send(HTTPRequest(url: "https://localhost:\(server.port)/"))
        }
        #expect(error?.code == "http.tls_failure")
        #expect(error?.origin == .init(host: "localhost", curlCode: 60))
    }

    @Test func `a certificate from the extra CA file is trusted`() async throws {
        let server = try TLSServer(names: "DNS:localhost", answer: Self.answer)
        let response = try await transport(caFile: server.certificateFile)
            .send(HTTPRequest(url: "https://localhost:\(server.port)/"))
        #expect(response.body == Array("hello".utf8))
        #expect(response.version == "HTTP/1.1")
    }

    @Test func `a redirect out of TLS is refused`() async throws {
        let plain = try TestServer { connection in
            while connection.request() != nil { connection.respond() }
        }
        let answer = "HTTP/1.1 302 Found\r\nLocation: \(plain.url())\r\nContent-Length: 0\r\n\r\n"
        let server = try TLSServer(names: "DNS:localhost", answer: Array(answer.utf8))
        let error = await failure { () throws(HTTPError) in
            try await transport(caFile: server.certificateFile)
                .send(HTTPRequest(url: "https://localhost:\(server.port)/"))
        }
        #expect(error == .unsupportedURL(.init(host: "localhost")))
        #expect(plain.connectionCount == 0)
    }

    @Test func `HTTP 2 is spoken with a server that offers it`() async throws {
        let settings: [UInt8] = [0, 0, 0, 4, 0, 0, 0, 0, 0]
        let settingsTaken: [UInt8] = [0, 0, 0, 4, 1, 0, 0, 0, 0]
        // 0x88 is ":status: 200" of the static table (RFC 7541, appendix A).
        let head: [UInt8] = [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x88]
        let body: [UInt8] = [0, 0, 5, 0, 1, 0, 0, 0, 1] + Array("hello".utf8)
        let server = try TLSServer(
            names: "DNS:localhost", protocolName: "h2", marker: "PRI * HTTP/2.0",
            answer: settings + settingsTaken + head + body)
        let response = try await transport(caFile: server.certificateFile)
            .send(HTTPRequest(url: "https://localhost:\(server.port)/"))
        #expect(response.version == "HTTP/2")
        #expect(response.status == 200)
        #expect(response.body == Array("hello".utf8))
    }

    @Test func `an extra CA file that cannot be read is reported and nothing is sent`() async throws {
        let error = await failure { () throws(HTTPError) in
            try await transport(caFile: "/nonexistent/ca.pem").send(HTTPRequest(url: "https://127.0.0.1:1/"))
        }
        #expect(
            error
                == .tlsFailure(
                    .init(host: "127.0.0.1"),
                    detail: "the extra CA file /nonexistent/ca.pem cannot be read or is empty"))
    }

    @Test func `a server that speaks no TLS is a failure of TLS`() async throws {
        let server = try TestServer { connection in
            connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForClose()
        }
        let error = await failure { () throws(HTTPError) in
            try await transport().send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
        }
        #expect(error?.code == "http.tls_failure")
    }

    @Test func `a server that hangs up during the handshake is a lost connection`() async throws {
        let server = try TestServer { connection in
            connection.waitForBytes()
            connection.reset()
        }
        let error = await failure { () throws(HTTPError) in
            try await transport().send(HTTPRequest(url: "https://127.0.0.1:\(server.port)/"))
        }
        #expect(error?.code == "http.connection_lost")
    }
}

@Suite(.timeLimit(.minutes(1))) struct ProxyTests {
    @Test func `requests go through the configured proxy with its credentials`() async throws {
        let proxy = try TestServer { connection in
            while connection.request() != nil { connection.respond("200 OK", "from proxy") }
        }
        let transport = CurlTransport(configuration: .init(proxy: .url(proxy.url("", user: "me:secret@"))))
        let response = try await transport.send(HTTPRequest(url: "http://nonexistent.invalid/path?q=1"))
        #expect(response.body == Array("from proxy".utf8))
        let request = try #require(proxy.requests.first)
        #expect(request.target == "http://nonexistent.invalid/path?q=1")
        #expect(request.header("Proxy-Authorization") == "Basic bWU6c2VjcmV0")
    }

    @Test func `hosts on the bypass list are reached directly`() async throws {
        let proxy = try TestServer { connection in
            while connection.request() != nil { connection.respond("200 OK", "from proxy") }
        }
        let server = try TestServer { connection in
            while connection.request() != nil { connection.respond("200 OK", "direct") }
        }
        let transport = CurlTransport(
            configuration: .init(proxy: .url(proxy.url(""), bypass: "example.com,127.0.0.1")))
        #expect(try await transport.send(HTTPRequest(url: server.url())).body == Array("direct".utf8))
        #expect(proxy.connectionCount == 0)
    }

    @Test func `the proxy of the environment is used unless it is turned off`() async {
        // The environment belongs to the whole process, so this runs in one of its own.
        await #expect(processExitsWith: .success) {
            let proxy = try TestServer { connection in
                while connection.request() != nil { connection.respond("200 OK", "from proxy") }
            }
            setenv("http_proxy", proxy.url(""), 1)
            setenv("no_proxy", "direct.invalid", 1)
            let usual = CurlTransport()
            let response = try await usual.send(HTTPRequest(url: "http://nonexistent.invalid/"))
            #expect(response.body == Array("from proxy".utf8))
            for (transport, host) in [
                (usual, "direct.invalid"), (CurlTransport(configuration: .init(proxy: .none)), "nonexistent.invalid"),
            ] {
                let error = await failure { () throws(HTTPError) in
                    try await transport.send(HTTPRequest(url: "http://\(host)/"))
                }
                #expect(error == .cannotResolveHost(.init(host: host, curlCode: 6)))
            }
        }
    }

    @Test func `a proxy that refuses the tunnel is named as the cause`() async throws {
        let proxy = try TestServer { connection in
            _ = connection.request()
            connection.write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
        }
        let transport = CurlTransport(configuration: .init(proxy: .url(proxy.url("", user: "me:topsecret@"))))
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: "https://nonexistent.invalid/"))
        }
        #expect(error?.code == "http.proxy_failure")
        #expect(error?.host == "nonexistent.invalid")
        #expect(error?.sentence.contains("407") == true)
        #expect(error?.description.contains("topsecret") == false)
    }

    @Test(arguments: ["http://127.0.0.1", "socks5h://127.0.0.1"])
    func `a proxy that is down is named as the cause`(address: String) async throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        let port = try TestServer.bindAndListen(descriptor, listens: false)
        let transport = CurlTransport(configuration: .init(proxy: .url("\(address):\(port)")))
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: "http://nonexistent.invalid/"))
        }
        #expect(error?.code == "http.proxy_failure")
    }

    @Test func `a proxy that does not exist is named as the cause`() async throws {
        let transport = CurlTransport(configuration: .init(proxy: .url("http://me:topsecret@nonexistent.invalid:3128")))
        let error = await failure { () throws(HTTPError) in
            try await transport.send(HTTPRequest(url: "http://example.com/"))
        }
        #expect(error?.code == "http.proxy_failure")
        #expect(error?.description.contains("topsecret") == false)
    }
}
