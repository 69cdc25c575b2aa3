package import PulseSandbox

/// How to point a Pulse, or curl, at a running sandbox server.
package enum SandboxInstructions {
    /// A whole configuration, ready to be saved; what to type stands in it as comments.
    ///
    /// The tokens are those of made-up accounts, so they may be shown.
    ///
    /// - Parameter base: the server's address, without a slash at its end.
    package static func configuration(base: String, options: SandboxOptions) -> String {
        let (jira, github) = (options.jira, options.github)
        return """
            # Simulated Jira Cloud, Jira Data Center and GitHub at \(base). Save this as sandbox.yaml, then:
            #
            #   export SANDBOX_JIRA_TOKEN=\(jira.token)
            #   export SANDBOX_JIRA_DC_TOKEN=\(jira.dataCenterToken)
            #   export SANDBOX_GITHUB_TOKEN=\(github.token)
            #   pulse --config sandbox.yaml
            #
            # Or with curl:
            #
            #   curl -u \(jira.user):$SANDBOX_JIRA_TOKEN '\(base)/jira/rest/api/3/project/search'
            #   curl -H "Authorization: Bearer $SANDBOX_JIRA_DC_TOKEN" '\(base)/jira-dc/rest/api/2/search?maxResults=1'
            #   curl -H "Authorization: bearer $SANDBOX_GITHUB_TOKEN" \(base)/github/graphql \\
            #        -d '{"query":"{ viewer { login } rateLimit { remaining resetAt } }"}'

            tenant: sandbox
            store: sqlite:sandbox.db

            sources:
              - name: jira-cloud
                kind: jira
                url: \(base)/jira
                user: \(jira.user)
                token: { env: SANDBOX_JIRA_TOKEN }
                schedule: "*/10 * * * *"

              - name: jira-data-center
                kind: jira
                url: \(base)/jira-dc
                token: { env: SANDBOX_JIRA_DC_TOKEN }
                schedule: "*/10 * * * *"

              - name: github
                kind: github
                url: \(base)/github/graphql
                token: { env: SANDBOX_GITHUB_TOKEN }
                organizations: [\(github.organization)]
                schedule: "*/15 * * * *"

            """
    }
}
