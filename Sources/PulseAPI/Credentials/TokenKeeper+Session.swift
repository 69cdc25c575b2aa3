package import PulseDomain
package import PulseHTTP

extension TokenKeeper {
    /// The tokens of a session that is kept in a file: read when first needed, renewed when refused. Of several
    /// consoles that share the file one renews, the others take what it got.
    ///
    /// Where there is no session (any more), requests fail with `Failure` (`unauthorised`) without being sent, until
    /// somebody has logged in again.
    package init(session key: SessionKey, in file: CredentialsFile, transport: CurlTransport) {
        self.init(
            current: {
                guard let session = try file.session(key) else { throw Failure.loggedOut(of: key) }
                return session.accessToken
            },
            renew: { refused in
                let renewal = try await file.update { sessions in
                    try await Self.renew(refused, key, in: &sessions, transport, file.time)
                }
                return try renewal.get()
            })
    }

    /// A failure is returned, so that what it leaves of the sessions is written all the same.
    private static func renew(
        _ refused: String?, _ key: SessionKey, in sessions: inout [StoredSession], _ transport: CurlTransport,
        _ time: any TimeSource
    ) async throws -> Result<String, Failure> {
        guard let place = key.place(among: sessions) else { return .failure(.loggedOut(of: key)) }
        // Another console was quicker.
        if sessions[place].accessToken != refused { return .success(sessions[place].accessToken) }
        guard let refreshToken = sessions[place].refreshToken else { return .failure(.tokenRefused(at: key)) }
        let client = APIClient(
            base: key.gateway, transport: transport, tokens: TokenKeeper(current: { nil }), time: time)
        let body = RefreshRequest(refreshToken: refreshToken, accessToken: sessions[place].accessToken)
        let request = APIRequest(.refresh, body: body.json)
        do {
            let answer: TokenAnswer = try await client.ask(request)
            sessions[place] = StoredSession(gateway: key.gateway, answer, context: sessions[place].context)
            return .success(answer.accessToken)
        } catch let failure as Failure where failure.kind == .unauthorised {
            // Spent or taken back: only a login helps.
            sessions.remove(at: place)
            return .failure(.loginExpired(at: key))
        }
    }
}

extension Failure {
    /// Nobody is logged in there.
    package static func loggedOut(of key: SessionKey) -> Failure {
        Failure(
            .unauthorised, code: "login.none", "You are not logged in at \(key.gateway).",
            remedy: "Log in: `\(key.login)`.")
    }

    static func loginExpired(at key: SessionKey) -> Failure {
        Failure(
            .unauthorised, code: "login.expired", "The login at \(key.gateway) has expired or was ended.",
            remedy: "Log in again: `\(key.login)`.")
    }

    static func tokenRefused(at key: SessionKey) -> Failure {
        Failure(
            .unauthorised, code: "login.token_refused",
            "\(key.gateway) does not take the token any more: it has expired or was taken back.",
            remedy: "Log in again, or give another token: `\(key.login)`.")
    }

    /// Whether only a login helps.
    package var needsLogin: Bool { code.hasPrefix("login.") || code == "unauthenticated" }
}
