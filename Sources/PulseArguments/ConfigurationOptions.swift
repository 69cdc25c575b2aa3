package import ArgumentParser
package import PulseCommands

extension ArgumentHelp {
    /// Of `--config`, in both programs.
    package static var configurationFile: ArgumentHelp {
        ArgumentHelp(
            "The configuration file; otherwise $PULSE_CONFIG, or pulse.yaml in the user's configuration folder.",
            valueName: "file")
    }

    /// Of `--store`, in both programs.
    package static var store: ArgumentHelp {
        ArgumentHelp(
            "The store: sqlite:PATH, a path, or postgres://USER@HOST/DATABASE; otherwise what the configuration says.",
            valueName: "store")
    }
}

/// Which configuration.
package struct ConfigurationFileOption: ParsableArguments {
    @Option(name: .customLong("config"), help: .configurationFile, completion: .file())
    package var config: String?

    package init() {}
}

/// Which configuration and store. A group of its own takes the parser as long again for every command that has it, so
/// `pulse`, where all have it, has the two options in a group that is there anyway.
package struct ConfigurationOptions: ParsableArguments {
    @Option(name: .customLong("config"), help: .configurationFile, completion: .file())
    package var config: String?

    @Option(help: .store, completion: .file())
    package var store: String?

    package init() {}

    package var wishes: SettingsWishes { SettingsWishes(config: config, store: store) }
}
