import Foundation
import PulseConfiguration
import PulseDomain
import PulseSandbox
import PulseSandboxServer
import Testing

@Suite struct InstructionsTests {
    @Test func `the printed configuration is one that pulse takes`() throws {
        let options = SandboxOptions()
        let text = SandboxInstructions.configuration(base: "http://127.0.0.1:8080", options: options)
        let configuration = try ConfigurationReader.read(
            text: text, file: "sandbox.yaml", folder: URL(filePath: "/"), checkSchedule: { _ in nil })
        #expect(configuration.sources.map(\.name) == ["jira-cloud", "jira-data-center", "github"])
        #expect(
            configuration.sources.map(\.url) == [
                "http://127.0.0.1:8080/jira", "http://127.0.0.1:8080/jira-dc", "http://127.0.0.1:8080/github/graphql",
            ])
        #expect(text.contains("export SANDBOX_JIRA_TOKEN=\(options.jira.token)"))
    }
}
