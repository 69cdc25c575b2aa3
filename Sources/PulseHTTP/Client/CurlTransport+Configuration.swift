extension CurlTransport {
    /// How a transport reaches the world. Certificates are always verified; there is no switch for that.
    package struct Configuration: Sendable, Hashable {
        /// Which proxy requests go through.
        package enum Proxy: Sendable, Hashable {
            /// What `http_proxy`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say (curl(1), section "ENVIRONMENT").
            case environment
            /// None, whatever the environment says.
            case none
            /// This one: `http://`, `https://`, `socks5://` or `socks5h://`, user name and password inside if it needs
            /// them. `bypass` is a comma-separated list of host names, domains and networks reached without it.
            case url(String, bypass: String = "")
        }

        /// Sent unless a request has its own.
        package var userAgent: String
        /// Which proxy requests go through.
        package var proxy: Proxy
        /// PEM file with certificates trusted besides the system's; `nil` for only those of the system.
        package var extraCAFile: String?
        /// Connections to one host at a time; requests beyond that wait, and the wait counts as part of their time-out.
        /// A stream holds its connection (HTTP/2: shares it) until it ends.
        package var maximumConnectionsPerHost: Int
        /// Connections at a time in all, idle ones included; 0 for no limit.
        package var maximumConnections: Int
        /// A body that stands still for so long ends the exchange, in whole seconds, rounded up; `nil` for only the
        /// request's own time-out. Not applied to streams, which have their own. libcurl judges by the mean of the last
        /// five seconds, so it may notice up to six seconds later (CURLOPT_LOW_SPEED_TIME(3)).
        package var stallTimeout: Duration?
        /// How much of a stream is kept for a consumer that lags before the server is made to wait, in bytes.
        package var streamBufferSizeInBytes: Int

        /// The usual settings.
        package init(
            userAgent: String = "pulse/1.0",
            proxy: Proxy = .environment,
            extraCAFile: String? = nil,
            maximumConnectionsPerHost: Int = 16,
            maximumConnections: Int = 128,
            stallTimeout: Duration? = .seconds(30),
            streamBufferSizeInBytes: Int = 256 << 10
        ) {
            self.userAgent = userAgent
            self.proxy = proxy
            self.extraCAFile = extraCAFile
            self.maximumConnectionsPerHost = maximumConnectionsPerHost
            self.maximumConnections = maximumConnections
            self.stallTimeout = stallTimeout
            self.streamBufferSizeInBytes = streamBufferSizeInBytes
        }
    }
}
