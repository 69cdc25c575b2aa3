import Foundation
import PulseDomain
import Testing

@testable import PulseConfiguration

struct NotifyTests {
    private static func read(_ text: String) throws(ConfigurationProblems) -> Configuration {
        try ConfigurationReader.read(
            text: "sources:\n  - { name: local, kind: git, paths: [src] }\n" + text, file: "pulse.yaml",
            folder: URL(fileURLWithPath: "/etc/pulse", isDirectory: true), checkSchedule: { _ in nil })
    }

    @Test func `receivers are read with what they want to know`() throws {
        let options = try Self.read(
            """
            notify:
              give_up_after: 6h
              repeat: 30m
              webhooks:
                - name: ops
                  url: https://hooks.acme.example/pulse/
                  secret: { file: hook.secret }
                  severities: [critical]
                  kinds: [job_failed, store_trouble]
                  resolved: true
                  tenants: [acme]
              mail:
                - name: oncall
                  command: /usr/sbin/sendmail -t -i
                  from: pulse@acme.example
                  to: ops@acme.example
            """
        ).notify
        #expect(options.givenUpAfter == .hours(6) && options.repeatsAfter == .minutes(30))
        #expect(try Self.read("notify: { repeat: 0s }").notify.repeatsAfter == .zero)
        #expect(
            options.receivers == [
                NotifyReceiver(
                    name: "ops",
                    way: .webhook(url: "https://hooks.acme.example/pulse/", secret: .file("/etc/pulse/hook.secret")),
                    severities: [.critical], kinds: [.jobFailed, .storeTrouble], tellsResolved: true,
                    tenants: ["acme"]),
                NotifyReceiver(
                    name: "oncall",
                    way: .mail(
                        command: "/usr/sbin/sendmail -t -i", from: "pulse@acme.example", to: ["ops@acme.example"])),
            ])
        #expect(try Self.read("").notify == NotifyOptions())
    }

    @Test func `what is wrong with receivers is told, all at once`() {
        let error = #expect(throws: ConfigurationProblems.self) {
            _ = try Self.read(
                """
                notify:
                  give_up_after: 1s
                  repeat: 8d
                  webhooks:
                    - name: ops
                      url: https://ada:hunter2@hooks.acme.example/
                      secret: hunter2
                      severities: [urgent]
                    - name: ops
                      url: https://hooks.acme.example/
                      secret: { env: HOOK }
                      kinds: [job_faild]
                  mail:
                    - name: mail
                      to: nobody
                  smtp: yes
                """)
        }
        let told = error?.problems.map(\.description).joined(separator: "\n") ?? ""
        for part in [
            "give_up_after of notify is too short", "repeat of notify is too short or too long.",
            "The url holds a credential.", "secret is a single value",
            "severities of receiver ops is \"urgent\"", "Did you mean job_failed?", "A mail has no command.",
            "A mail has no from.", "\"nobody\" is no address.", "notify has no setting smtp",
        ] {
            #expect(told.contains(part), "\(part): \(told)")
        }
        #expect(!told.contains("hunter2"), "\(told)")
    }

    @Test func `a mail program reads what it is given, and what became of it is a sentence`() async {
        let folder = FileManager.default.temporaryDirectory.path + "/pulse-mail-\(UUID().uuidString)"
        let input = Array("To: ada@example.org\n\nHello\n".utf8)
        #expect(await MailProgram.run("cat > '\(folder)'", input: input) == nil)
        #expect(FileManager.default.contents(atPath: folder) == Data(input))
        try? FileManager.default.removeItem(atPath: folder)
        // One that reads nothing is no trouble, and one that says much neither.
        #expect(await MailProgram.run("yes | head -c 1000000; cat > '\(folder)'", input: input) == nil)
        #expect(FileManager.default.contents(atPath: folder) == Data(input))
        try? FileManager.default.removeItem(atPath: folder)
        #expect(await MailProgram.run("true", input: [UInt8](repeating: 0x61, count: 200_000)) == nil)
        #expect(await MailProgram.run("sh -c 'exit 75'", input: input)?.contains("for now (75)") == true)
        #expect(
            await MailProgram.run("/nowhere/sendmail --password hunter2", input: input)?.contains("(sendmail)") == true)
        let slow = await MailProgram.run("sleep 60", input: input, patience: .milliseconds(100))
        #expect(slow?.contains("was stopped") == true, "\(slow ?? "")")
    }
}
