import Foundation
import PulseDomain
import PulseSimulation
import Testing

@testable import PulseGateway

struct AdministrationTests {
    private static func users(_ path: String) throws -> UserAdministration {
        UserAdministration(
            store: try SQLiteAccounts.open(path: path), passwords: try PasswordDesk(cost: Harness.cost),
            time: ManualTime())
    }

    @Test func `the first start makes an administrator with a password for one use, and later ones none`() async throws
    {
        let folder = try Folder()
        let path = folder.path + "/gateway/accounts.db"
        let users = try Self.users(path)
        let first = try #require(try await users.addFirst(in: ["acme"]))
        #expect(first.name == "admin")
        #expect(first.password.utf8.count == 24)
        #expect(try await users.addFirst(in: ["acme"]) == nil)
        let admin = try #require(try await users.list().first)
        #expect(admin.mustChangePassword)
        #expect(admin.roles == ["acme": .admin])
        #expect(try admin.password.matches(first.password))
        await users.close()
        for file in try FileManager.default.contentsOfDirectory(atPath: folder.path + "/gateway") {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path + "/gateway/" + file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: Failure.self) { try Self.users(path) }
    }

    @Test func `users are added, given other tenants, new passwords, kept out, let in and removed`() async throws {
        let folder = try Folder()
        let users = try Self.users(folder.path + "/accounts.db")
        _ = try await users.add("boss", as: .admin, in: "zenith")
        let password = try #require(try await users.add("ada", as: .viewer, in: "acme"))
        #expect(try await users.add("ada", as: .admin, in: "zenith") == nil)
        await #expect(throws: Failure.self) { try await users.add("ada", as: .admin, in: "acme") }
        let other = try await users.resetPassword(of: "ada")
        #expect(other != password)
        try await users.setDisabled("ada", true)
        #expect(try await users.list().map(\.isDisabled) == [true, false])
        try await users.setDisabled("ada", false)
        #expect(try await users.list().first?.roles == ["acme": .viewer, "zenith": .admin])
        try await users.remove("ada")
        #expect(try await users.list().map(\.name) == ["boss"])
        await #expect(throws: Failure.self) { try await users.remove("ada") }
        await #expect(throws: Failure.self) { try await users.setDisabled("ada", true) }
        await users.close()
    }

    @Test func `a role is changed, and a tenant keeps an administrator who may come in`() async throws {
        let users = UserAdministration(
            store: try SQLiteAccounts.inMemory(), passwords: try PasswordDesk(), time: ManualTime())
        _ = try await users.add("ada", as: .admin, in: "acme")
        _ = try await users.add("ada", as: .viewer, in: "zenith")
        _ = try await users.add("grace", as: .viewer, in: "acme")
        func expectKept(_ act: () async throws -> Void) async {
            let failure = await #expect(throws: Failure.self) { try await act() }
            #expect(failure?.code == "user.last_admin" && failure?.sentence.contains("acme") == true)
        }
        await expectKept { try await users.remove("ada") }
        await expectKept { try await users.setDisabled("ada", true) }
        await expectKept { try await users.setRole("ada", to: .operator, in: "acme") }
        try await users.setRole("ada", to: .operator, in: "zenith")
        try await users.setRole("grace", to: .admin, in: "acme")
        try await users.setDisabled("grace", true)
        // Who is kept out manages nobody.
        await expectKept { try await users.remove("ada") }
        try await users.setDisabled("grace", false)
        try await users.setRole("ada", to: .viewer, in: "acme")
        #expect(
            try await users.list().map(\.roles) == [["acme": .viewer, "zenith": .operator], ["acme": .admin]])
        let failure = await #expect(throws: Failure.self) {
            try await users.setRole("grace", to: .viewer, in: "zenith")
        }
        #expect(failure?.code == "user.no_member")
        await users.close()
    }

    @Test(arguments: ["", "Ada", "a b", "a/b", "engine", "schedule", "ä", "a\n", String(repeating: "a", count: 65)])
    func `what is no name is none`(name: String) {
        #expect(!User.isName(name))
    }

    @Test func `accounts that are not there are not made by looking`() throws {
        let folder = try Folder()
        let path = folder.path + "/gateway/accounts.db"
        #expect(try UserAdministration.existing(file: path, time: ManualTime()) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `what a gateway serves is noted at each start`() async throws {
        let store = try SQLiteAccounts.inMemory()
        #expect(try await store.served().isEmpty)
        try await store.serve(["zenith", "acme"])
        #expect(try await store.served() == ["acme", "zenith"])
        try await store.serve(["other"])
        #expect(try await store.served() == ["other"])
    }

    /// Where a user is put who is added without a tenant; `nil`: that has to be said.
    struct Usual: Sendable {
        var noted: [TenantID]
        var configured: TenantID?
        var meant: TenantID?
    }

    @Test(arguments: [
        Usual(noted: [], meant: "local"), Usual(noted: [], configured: "acme", meant: "acme"),
        Usual(noted: ["acme"], meant: "acme"), Usual(noted: ["acme"], configured: "acme", meant: "acme"),
        Usual(noted: ["acme"], configured: "stray", meant: "acme"),
        Usual(noted: ["acme", "zenith"], configured: "zenith", meant: "zenith"),
        Usual(noted: ["acme", "zenith"], configured: "stray"), Usual(noted: ["acme", "zenith"]),
    ])
    func `without a tenant the configuration's is meant, or the one that is served`(_ test: Usual) throws {
        let served = ServedTenants(noted: test.noted, configured: test.configured)
        guard let meant = test.meant else {
            let refused = #expect(throws: Failure.self) { try served.usual() }
            #expect(refused?.sentence.contains("acme, zenith") == true)
            return
        }
        #expect(try served.usual() == meant)
    }

    @Test(
        arguments: [
            (["acme"], nil, ["acme"], nil), (["acme"], nil, ["local"], "The gateway does not serve local, so ada"),
            (["acme", "zenith"], nil, ["old", "zenith"], nil),
            (["acme", "zenith"], nil, ["old"], "it serves acme, zenith."),
            ([], "acme", ["local"], "it serves acme."), ([], nil, ["local"], nil), (["acme"], nil, [], nil),
            (["acme"], "local", ["local"], "it serves acme."),
        ] as [([TenantID], TenantID?, [TenantID], String?)])
    func `who belongs to nothing that is served is told of`(
        _ noted: [TenantID], _ configured: TenantID?, _ tenants: [TenantID], _ told: String?
    ) {
        let warning = ServedTenants(noted: noted, configured: configured).warning("ada", in: tenants)
        #expect((warning == nil) == (told == nil))
        if let told { #expect(warning?.contains(told) == true, "\(warning ?? "")") }
    }

    @Test(
        arguments: [
            (["acme"], nil, "acme", nil), (["acme"], nil, "local", "it serves acme."),
            (["acme", "zenith"], nil, "old", "it serves acme, zenith."), (["acme"], "local", "local", nil),
            ([], "acme", "local", "it serves acme."), ([], "acme", "acme", nil), ([], nil, "local", nil),
        ] as [([TenantID], TenantID?, TenantID, String?)])
    func `nobody is added to a tenant that leads nowhere`(
        _ noted: [TenantID], _ configured: TenantID?, _ tenant: TenantID, _ told: String?
    ) {
        let served = ServedTenants(noted: noted, configured: configured)
        guard let told else {
            #expect(throws: Never.self) { try served.check(tenant) }
            return
        }
        let failure = #expect(throws: Failure.self) { try served.check(tenant) }
        #expect(failure?.sentence.contains("does not serve the tenant \(tenant): \(told)") == true)
        #expect(failure?.code == "config.tenant_unserved")
    }

    @Test func `a new key is audited in every tenant, and makes no accounts where there are none`() async throws {
        let folder = try Folder()
        let path = folder.path + "/accounts.db"
        let keys = KeyAdministration(
            KeyFolder(path: folder.path + "/keys"), accounts: path, time: ManualTime())
        #expect(try keys.list().isEmpty)
        let first = try await keys.rotate(.es256)
        #expect(first.isSigning && !FileManager.default.fileExists(atPath: path))
        let store = try SQLiteAccounts.open(path: path)
        try await store.serve(["acme"])
        let users = UserAdministration(
            store: store, passwords: try PasswordDesk(cost: Harness.cost), time: ManualTime())
        _ = try await users.add("ada", as: .viewer, in: "zenith")
        let second = try await keys.rotate(.edDSA)
        #expect(try keys.list().map(\.id) == [first.id, second.id])
        for tenant in ["acme", "zenith"] as [TenantID] {
            let audit = try #require(try await store.audits(of: tenant, before: nil, limit: 1).first)
            #expect(audit.action == "key" && audit.subject == second.id && audit.by == Principal("pulse-server"))
            #expect(audit.outcome == "Made a new EdDSA key, which signs from \(second.signsFrom.iso8601).")
        }
        await users.close()
    }
}
