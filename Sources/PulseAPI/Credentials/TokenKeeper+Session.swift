import PulseDomain
package import PulseHTTP

extension TokenKeeper {
    /// The tokens of a session that is kept in a file: read at the first request, renewed when refused. Of several
    /// consoles that share the file one renews, the others take what it got.
    package init(session gateway: String, in file: CredentialsFile, transport: CurlTransport) {
        self.init(
            current: { try file.session(at: gateway)?.accessToken },
            renew: { refused in
                try await file.update { sessions in
                    guard let place = sessions.firstIndex(where: { $0.gateway == gateway }) else { return nil }
                    // Another console was quicker.
                    if sessions[place].accessToken != refused { return sessions[place].accessToken }
                    guard let refreshToken = sessions[place].refreshToken else { return nil }
                    let client = APIClient(
                        base: gateway, transport: transport, tokens: TokenKeeper(current: { nil }), time: file.time)
                    let request = APIRequest(.refresh, body: RefreshRequest(refreshToken: refreshToken).json)
                    do {
                        let answer: TokenAnswer = try await client.ask(request)
                        sessions[place] = StoredSession(gateway: gateway, answer)
                        return answer.accessToken
                    } catch let failure as Failure where failure.kind == .unauthorised {
                        // Spent or taken back: only a login helps.
                        sessions.remove(at: place)
                        return nil
                    }
                }
            })
    }
}
