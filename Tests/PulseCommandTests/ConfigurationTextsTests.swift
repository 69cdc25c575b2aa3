import PulseConfiguration
import PulseDomain
import Testing

@testable import PulseCommands

/// What is said of files: which there are, and whose they are.
struct ConfigurationTextsTests {
    @Test func `every file that is used is named, there or not`() throws {
        let place = try Place()
        let captured = Captured()
        let context = captured.context(home: place.path)
        try RemoteContexts.change(path: context.contextsPath) {
            $0.put(RemoteContext(name: "team", gateway: "https://pulse.example.com"))
        }
        try ConfigurationTexts(context).paths(SettingsWishes())
        let rows = captured.out.split(separator: "\n").dropFirst().map { $0.split(separator: " ").map(String.init) }
        #expect(rows.map(\.[0]) == ["configuration", "store", "contexts", "credentials", "themes", "socket"])
        let paths = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        #expect(paths["contexts"] == context.contextsPath)
        #expect(paths["credentials"] == "\(context.folders.data)/credentials.json")
        #expect(rows.filter { $0.count == 2 }.map(\.[0]) == ["contexts"])
    }

    /// Where commands go, and whether that is told beside what was checked.
    @Test(
        arguments: [
            (SettingsWishes(), [:], false), (SettingsWishes(context: "team"), [:], true),
            (SettingsWishes(), ["PULSE_CONTEXT": "team"], true),
            (SettingsWishes(gateway: "https://pulse.example.com"), [:], true),
            (SettingsWishes(context: "local"), ["PULSE_CONTEXT": "team"], false),
            (SettingsWishes(config: "pulse.yaml"), ["PULSE_CONTEXT": "team"], false),
        ] as [(SettingsWishes, [String: String], Bool)])
    func `who checks a configuration beside a gateway is told whose it is`(
        _ wishes: SettingsWishes, _ environment: [String: String], _ isTold: Bool
    ) throws {
        let place = try Place()
        let file = try place.write(
            "tenant: acme\nsources:\n  - name: local\n    kind: git\n    paths: [\(place.path)]\n", to: "pulse.yaml")
        let captured = Captured()
        var (wishes, environment) = (wishes, environment)
        if wishes.config != nil { wishes.config = file } else { environment["PULSE_CONFIG"] = file }
        let context = captured.context(home: place.path, environment: environment)
        try RemoteContexts.change(path: context.contextsPath) {
            $0.put(RemoteContext(name: "team", gateway: "https://pulse.example.com"))
        }
        #expect(try ConfigurationTexts(context).check(wishes) == .ok)
        #expect(captured.out.contains("pulse.yaml is right: 1 source"))
        let told =
            "pulse: This checks the configuration of this machine. Commands go to team (https://pulse.example.com), "
            + "whose gateway and engines have one of their own: check that where they run.\n"
        #expect(captured.error == (isTold ? told : ""))
    }
}
