import PulseAPI
import PulseDomain

extension RemotePlace {
    /// Looks whether a Pulse gateway answers at the address, before anything of a person is sent there.
    ///
    /// What is asked is refused by every gateway, in a way that nobody else refuses it, and tells nothing: a login is to be
    /// renewed by nothing. Throws `CommandError` where something else answers, `Failure` where nobody does.
    func checkIsGateway(_ context: CommandContext, time: any TimeSource) async throws {
        let client = APIClient(
            base: address.url, transport: transport, tokens: TokenKeeper(current: { nil }), time: time)
        let nothing = APIRequest(.refresh, body: RefreshRequest(refreshToken: "").json)
        do {
            try await context.output.waiting(for: "Asking \(address)") { _ = try await client.send(nothing) }
        } catch let failure as Failure {
            switch failure.code {
            // Refused as a gateway refuses it.
            case Problem.unauthenticated.code: return
            case "accounts.elsewhere":
                throw CommandError(
                    .usage, "\(address) is an engine, where nobody logs in. Nothing was sent to it.",
                    remedy: "Give the address of the gateway before it.")
            // Of a proxy whose gateway is away.
            case "api.status_502", "api.status_503", "api.status_504": throw failure
            case let code where code.hasPrefix("api."): throw isNoGateway
            default: throw failure
            }
        }
        throw isNoGateway
    }

    private var isNoGateway: CommandError {
        CommandError(
            .usage, "\(address) is no Pulse gateway: something else answers there. Nothing was sent to it.",
            remedy: "Check the address, and whether a path belongs to it.")
    }
}
