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
        let password = try #require(try await users.add("ada", as: .viewer, in: "acme"))
        #expect(try await users.add("ada", as: .admin, in: "zenith") == nil)
        await #expect(throws: Failure.self) { try await users.add("ada", as: .admin, in: "acme") }
        let other = try await users.resetPassword(of: "ada")
        #expect(other != password)
        try await users.setDisabled("ada", true)
        #expect(try await users.list().map(\.isDisabled) == [true])
        try await users.setDisabled("ada", false)
        #expect(try await users.list().first?.roles == ["acme": .viewer, "zenith": .admin])
        try await users.remove("ada")
        #expect(try await users.list().isEmpty)
        await #expect(throws: Failure.self) { try await users.remove("ada") }
        await #expect(throws: Failure.self) { try await users.setDisabled("ada", true) }
        await users.close()
    }

    @Test(arguments: ["", "Ada", "a b", "a/b", "engine", "schedule", "ä", "a\n", String(repeating: "a", count: 65)])
    func `what is no name is none`(name: String) {
        #expect(!User.isName(name))
    }
}
