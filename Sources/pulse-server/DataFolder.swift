import ArgumentParser
import PulseCommands
import PulseConfiguration
import PulseEngine
import PulseGateway

/// Where the gateway keeps accounts and keys: shared by every command that needs them.
struct DataFolder: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The folder of accounts and signing keys; otherwise `gateway` in the user's data folder.",
            valueName: "folder"), completion: .directory)
    var data: String?

    var path: String { data ?? CommandContext.current.folders.data + "/gateway" }
    var accounts: String { Gateway.Settings.accountsFile(in: path) }
    var keys: KeyAdministration {
        KeyAdministration(
            KeyFolder(path: Gateway.Settings.keyFolder(in: path)), accounts: accounts, time: SystemClock())
    }
}

extension SigningAlgorithm: ExpressibleByArgument {}
