import PulseAPI
import PulseDomain
import Testing

@Suite struct GatewayAddressTests {
    @Test(arguments: [
        ("pulse.example.com", "https://pulse.example.com"), ("HTTPS://Pulse.Example.com/", "https://pulse.example.com"),
        ("https://pulse.example.com:5000/team//", "https://pulse.example.com:5000/team"),
        ("http://localhost:5000", "http://localhost:5000"), ("http://127.0.0.1:5000/", "http://127.0.0.1:5000"),
        ("http://[::1]:5000", "http://[::1]:5000"), ("[2001:db8::1]", "https://[2001:db8::1]"),
    ])
    func `an address is read as people write it`(_ typed: String, _ url: String) throws {
        #expect(try GatewayAddress(typed).url == url)
    }

    @Test(arguments: [
        "", "https://", "ftp://pulse.example.com", "https://user:secret@pulse.example.com",
        "https://pulse.example.com?x",
        "https://pulse.example.com:0", "https://pulse.example.com:x", "https://pulse.example.com:99999",
        "pulse example",
        "https://[::1", "https://pulse\u{1B}.example.com",
    ])
    func `what is no address of a gateway is refused`(_ typed: String) {
        let refused = #expect(throws: Failure.self) { try GatewayAddress(typed) }
        #expect(refused?.code == "config.gateway")
    }

    @Test(arguments: [
        "http://pulse.example.com", "http://10.0.0.5:5000", "http://127.example.com", "http://localhost.evil",
    ])
    func `nothing is sent without TLS but to this machine`(_ typed: String) {
        let refused = #expect(throws: Failure.self) { try GatewayAddress(typed) }
        #expect(refused?.code == "config.gateway_without_tls")
    }
}
