package import ArgumentParser
package import PulseCommands

/// Which configuration.
package struct ConfigurationFileOption: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration file; otherwise $PULSE_CONFIG, or pulse.yaml in the user's configuration folder.",
            valueName: "file"), completion: .file())
    package var config: String?

    package init() {}
}

/// Which configuration and store: of every command of both programs that needs them.
package struct ConfigurationOptions: ParsableArguments {
    @OptionGroup package var file: ConfigurationFileOption

    @Option(
        help: ArgumentHelp(
            "The store: sqlite:PATH, a path, or postgres://USER@HOST/DATABASE; otherwise what the configuration says.",
            valueName: "store"),
        completion: .file())
    package var store: String?

    package init() {}

    package var wishes: SettingsWishes { SettingsWishes(config: file.config, store: store) }
}
