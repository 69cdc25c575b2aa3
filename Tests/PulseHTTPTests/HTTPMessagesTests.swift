import PulseHTTP
import Testing

@Suite struct HTTPHeadersTests {
    @Test func `names are found without regard to case and order is kept`() {
        var headers: HTTPHeaders = ["Set-Cookie": "a=1", "X-Total": "5"]
        headers.append("set-cookie", "b=2")
        #expect(headers["SET-COOKIE"] == "a=1")
        #expect(headers.values(of: "Set-Cookie") == ["a=1", "b=2"])
        #expect(headers.map(\.name) == ["Set-Cookie", "X-Total", "set-cookie"])
        #expect(headers["X-Missing"] == nil)
    }

    @Test func `setting replaces all fields of the name in the place of the first`() {
        var headers: HTTPHeaders = ["A": "1", "B": "2", "a": "3"]
        headers.set("a", "4")
        #expect(headers.map(\.value) == ["4", "2"])
        headers.remove("A")
        #expect(headers.map(\.name) == ["B"])
    }

    @Test(arguments: [
        ("X-A", "b\r\nX-Evil: 1"), ("X-A", "b\n"), ("X-A", "b\rc"), ("X-A", "b\0"), ("X A", "b"), ("", "b"),
        ("X-A:", "b"), ("X-A\r\nX-Evil", "b"), ("Ü", "b"),
    ])
    func `nothing that could end a line gets in`(name: String, value: String) {
        var headers = HTTPHeaders()
        let isAppended = headers.append(name, value)
        let isSet = headers.set(name, value)
        #expect(!isAppended)
        #expect(!isSet)
        #expect(headers.count == 0)
    }

    @Test func `equality ignores the case of names and hashes agree`() {
        let one: HTTPHeaders = ["Accept": "a", "X": "  padded\t"]
        let other: HTTPHeaders = ["ACCEPT": "a", "x": "padded"]
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["Accept": "A", "X": "padded"])
    }
}

@Suite struct URLBuilderTests {
    @Test(arguments: [
        ("a=b+c&d e", "a%3Db%2Bc%26d%20e"), ("AZaz09-._~", "AZaz09-._~"), ("ü/?#%", "%C3%BC%2F%3F%23%25"),
        ("Y3Vyc29yOnYyOpK0MjAyMw==", "Y3Vyc29yOnYyOpK0MjAyMw%3D%3D"), ("\r\n\0", "%0D%0A%00"), ("", ""),
    ])
    func `everything that is not unreserved is encoded`(text: String, encoded: String) {
        #expect(percentEncode(text) == encoded)
    }

    @Test func `a URL is put together from a base, segments and values`() {
        var builder = URLBuilder(base: "https://h.example/rest/?x=1#part")
        builder.appendPath("a b", "c/d")
        builder.appendQuery("jql", "updated > 1 AND x = \"y\"")
        builder.appendQuery("token", String?.none)
        builder.appendQuery("max", 50)
        #expect(
            builder.url
                == "https://h.example/rest/a%20b/c%2Fd?x=1&jql=updated%20%3E%201%20AND%20x%20%3D%20%22y%22&max=50")
    }

    @Test func `a dot segment stops the program`() async {
        await #expect(processExitsWith: .failure) {
            var builder = URLBuilder(base: "https://h.example")
            builder.appendPath("..")
        }
    }
}

@Suite struct HTTPErrorTests {
    static let origin = HTTPError.Origin(host: "api.example.com", curlCode: 7)
    static let all: [HTTPError] = [
        .cannotResolveHost(origin), .cannotConnect(origin), .tlsFailure(origin, detail: "d"),
        .timedOut(origin, phase: .waiting), .connectionLost(origin, detail: "d"),
        .bodyTooLarge(origin, limitInBytes: 5), .tooManyRedirects(origin), .unsupportedURL(origin),
        .proxyFailure(origin, detail: "d"), .cancelled(origin), .other(origin, detail: "d"),
    ]

    @Test(arguments: all)
    func `every error names the host, says what to do and has a code`(error: HTTPError) {
        #expect(error.sentence.contains("api.example.com"))
        #expect(error.sentence.hasSuffix("."))
        #expect(error.remedy.hasSuffix("."))
        #expect(error.code.hasPrefix("http."))
        #expect(error.description.contains(error.code))
        #expect(error.origin.curlCode == 7)
    }

    @Test func `codes are distinct`() {
        #expect(Set(Self.all.map(\.code)).count == Self.all.count)
    }

    @Test func `what may pass by itself is transient`() {
        let transient = Self.all.filter(\.isTransient).map(\.code)
        #expect(
            transient == [
                "http.cannot_resolve_host", "http.cannot_connect", "http.timed_out", "http.connection_lost",
                "http.proxy_failure",
            ])
    }
}
