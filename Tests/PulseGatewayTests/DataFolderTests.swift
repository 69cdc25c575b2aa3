import PulseDomain
import PulseSimulation
import Testing

@testable import PulseGateway

/// One gateway works with a folder of accounts at a time.
struct DataFolderTests {
    private static func gateway(_ folder: String, _ tenant: TenantID) async throws -> Gateway {
        var settings = Gateway.Settings(
            address: .init(host: "127.0.0.1", port: 0), data: folder, tokens: TokenSettings(issuer: "pulse"))
        settings.passwordCost = Harness.cost
        return try await Gateway(settings, serving: .embedded(tenant, StubOperations()), time: ManualTime()) { _ in }
    }

    @Test func `a second gateway is refused, and leaves what the first one noted`() async throws {
        let folder = try Folder()
        var first: Gateway? = try await Self.gateway(folder.path, "acme")
        #expect(first?.first?.name == "admin")
        let refused = await #expect(throws: Failure.self) { _ = try await Self.gateway(folder.path, "zenith") }
        #expect(refused?.code == "holder.held")
        #expect(
            refused?.sentence.hasPrefix("Another gateway works with the accounts in \(folder.path): process ") == true)
        #expect(refused?.remedy.contains("--data") == true)
        // Users and keys are changed beside it.
        let users = try #require(
            try UserAdministration.existing(
                file: Gateway.Settings.accountsFile(in: folder.path), time: ManualTime()))
        #expect(try await users.served() == ["acme"])
        #expect(try await users.add("grace", as: .viewer, in: "acme") != nil)
        await users.close()
        let keys = KeyAdministration(
            KeyFolder(path: Gateway.Settings.keyFolder(in: folder.path)),
            accounts: Gateway.Settings.accountsFile(in: folder.path), time: ManualTime())
        #expect(try await keys.rotate(.es256).isSigning == false)
        first = nil
        // It is free as soon as nobody has it, however that ended.
        #expect(try await Self.gateway(folder.path, "acme").first == nil)
    }

    @Test func `what was ended lets the next one in`() throws {
        let folder = try Folder()
        let first = try DataFolderClaim(folder.path, at: .epoch)
        #expect(throws: Failure.self) { try DataFolderClaim(folder.path, at: .epoch) }
        first.end()
        let second = try DataFolderClaim(folder.path, at: .epoch)
        withExtendedLifetime((first, second)) {}
    }
}
