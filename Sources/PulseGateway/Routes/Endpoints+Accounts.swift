import PulseAPI
import PulseDomain

extension Endpoints {
    func account(_ call: Call) async throws -> Reply {
        guard let accounts else {
            throw Problem(
                404, code: "accounts.elsewhere", "This is an engine; people log in at its gateway.",
                remedy: "Ask the gateway.")
        }
        switch call.route.id {
        case .login: return .json(try await accounts.login(call.content(LoginRequest.self), from: call.origin))
        case .refresh:
            return .json(
                try await accounts.refresh(call.content(RefreshRequest.self), from: call.origin))
        default: return try await account(call, accounts, try call.principal)
        }
    }

    private func account(_ call: Call, _ accounts: AccountDesk, _ identity: Identity) async throws -> Reply {
        let origin = call.origin
        switch call.route.id {
        case .logout:
            try await accounts.logout(identity, from: origin)
            return .nothing
        case .profile: return .json(try await accounts.profile(of: identity))
        case .changePassword:
            try await accounts.changePassword(call.content(PasswordChange.self), of: identity, from: origin)
            return .nothing
        case .listTokens: return .json(try page(try await accounts.personalTokens(of: identity), call.arguments.part()))
        case .addToken:
            return .json(
                try await accounts.addToken(call.content(NewToken.self), for: identity, from: origin), status: 201)
        case .removeToken:
            try await accounts.removeToken(call.path("id"), of: identity, from: origin)
            return .nothing
        case .listUsers: return .json(try page(try await accounts.users(for: identity), call.arguments.part()))
        case .addUser:
            return .json(
                try await accounts.addUser(call.content(NewUser.self), by: identity, from: origin), status: 201)
        case .changeUser:
            return .json(
                try await accounts.change(
                    call.path("name"), call.content(UserChange.self), by: identity, from: origin))
        case .removeUser:
            try await accounts.removeUser(call.path("name"), by: identity, from: origin)
            return .nothing
        default: throw Problem.notFound
        }
    }
}
