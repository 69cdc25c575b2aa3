package import PulseDomain
package import PulseHTTP

extension TokenKeeper {
    /// The tokens of a session that is kept in a file: read when first needed, renewed when refused. Of several
    /// consoles that share the file one renews, the others take what it got.
    ///
    /// Where there is no session (any more), requests fail with `Failure` (`unauthorised`) without being sent, until
    /// somebody has logged in again.
    ///
    /// - Parameter tenant: `nil`: the first session at the gateway.
    package init(
        session gateway: String, tenant: TenantID? = nil, in file: CredentialsFile, transport: CurlTransport
    ) {
        self.init(
            current: {
                guard let session = try file.session(at: gateway, tenant: tenant) else {
                    throw Failure.loggedOut(of: gateway)
                }
                return session.accessToken
            },
            renew: { refused in
                let renewal = try await file.update { sessions in
                    try await Self.renew(refused, gateway, tenant, in: &sessions, transport, file.time)
                }
                return try renewal.get()
            })
    }

    /// A failure is returned, so that what it leaves of the sessions is written all the same.
    private static func renew(
        _ refused: String?, _ gateway: String, _ tenant: TenantID?, in sessions: inout [StoredSession],
        _ transport: CurlTransport, _ time: any TimeSource
    ) async throws -> Result<String, Failure> {
        guard let place = sessions.firstIndex(where: { $0.isAt(gateway, tenant) }) else {
            return .failure(.loggedOut(of: gateway))
        }
        // Another console was quicker.
        if sessions[place].accessToken != refused { return .success(sessions[place].accessToken) }
        guard let refreshToken = sessions[place].refreshToken else { return .failure(.tokenRefused(at: gateway)) }
        let client = APIClient(
            base: gateway, transport: transport, tokens: TokenKeeper(current: { nil }), time: time)
        let body = RefreshRequest(refreshToken: refreshToken, accessToken: sessions[place].accessToken)
        let request = APIRequest(.refresh, body: body.json)
        do {
            let answer: TokenAnswer = try await client.ask(request)
            sessions[place] = StoredSession(gateway: gateway, answer)
            return .success(answer.accessToken)
        } catch let failure as Failure where failure.kind == .unauthorised {
            // Spent or taken back: only a login helps.
            sessions.remove(at: place)
            return .failure(.loginExpired(at: gateway))
        }
    }
}

extension Failure {
    /// Nobody is logged in there.
    package static func loggedOut(of gateway: String) -> Failure {
        Failure(
            .unauthorised, code: "login.none", "You are not logged in at \(gateway).",
            remedy: "Log in: `pulse login \(gateway)`.")
    }

    static func loginExpired(at gateway: String) -> Failure {
        Failure(
            .unauthorised, code: "login.expired", "The login at \(gateway) has expired or was ended.",
            remedy: "Log in again: `pulse login \(gateway)`.")
    }

    static func tokenRefused(at gateway: String) -> Failure {
        Failure(
            .unauthorised, code: "login.token_refused",
            "\(gateway) does not take the token any more: it has expired or was taken back.",
            remedy: "Log in again, or give another token: `pulse login \(gateway)`.")
    }

    /// Whether only a login helps.
    package var needsLogin: Bool { code.hasPrefix("login.") || code == "unauthenticated" }
}
