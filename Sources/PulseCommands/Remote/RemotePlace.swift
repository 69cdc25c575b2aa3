package import PulseAPI
import PulseConfiguration
package import PulseDomain
import PulseEngine
package import PulseHTTP

/// The gateway that a command speaks to.
package struct RemotePlace: Sendable, Hashable {
    /// The context's name; `nil` for an address that was given by itself.
    package var name: String?
    package var address: GatewayAddress
    /// `nil`: the one of the login.
    package var tenant: TenantID?
    package var caFile: String?
    package var isReadOnly: Bool
    /// A token that was given with the address (`$PULSE_TOKEN`); `nil`: that of the login.
    package var token: String?

    package init(
        _ address: GatewayAddress, name: String? = nil, tenant: TenantID? = nil, caFile: String? = nil,
        isReadOnly: Bool = false, token: String? = nil
    ) {
        self.address = address
        self.name = name
        self.tenant = tenant
        self.caFile = caFile
        self.isReadOnly = isReadOnly
        self.token = token
    }

    /// As people are told of it: `team (https://pulse.example.com)`.
    package var shown: String { name.map { "\($0) (\(address))" } ?? address.url }

    /// Whose session is used there.
    package var session: SessionKey { SessionKey(address.url, tenant: tenant, context: name) }

    /// What reaches the gateway.
    package var transport: CurlTransport { CurlTransport(configuration: .init(extraCAFile: caFile)) }

    /// A client that signs in with the token or the login's session.
    package func client(
        _ context: CommandContext, time: any TimeSource = SystemClock(), limits: APIClient.Limits = .init()
    ) -> APIClient {
        let transport = transport
        let tokens =
            switch (token, tenant) {
            case (nil, _): TokenKeeper(session: session, in: context.credentials(time), transport: transport)
            case (let token?, nil): TokenKeeper(constant: token)
            case (let token?, let tenant?):
                TokenKeeper(constant: token, in: tenant, at: address.url, transport: transport, time: time)
            }
        return APIClient(base: address.url, transport: transport, tokens: tokens, time: time, limits: limits)
    }
}

extension CommandContext {
    /// Sessions at gateways, in the data folder.
    package func credentials(_ time: any TimeSource) -> CredentialsFile {
        CredentialsFile(path: credentialsPath, time: time)
    }

    /// Of the sessions: beside the store of this machine.
    package var credentialsPath: String { folders.data + "/credentials.json" }

    /// The contexts, beside the configuration.
    package var contextsPath: String { folders.configuration + "/contexts.yaml" }
}
