package import Hummingbird
import NIOCore

/// What is known of a request from its connection.
package struct GatewayContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The address at the other end of the connection; `local` where there is none.
    let peer: String

    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress ?? "local"
    }
}
