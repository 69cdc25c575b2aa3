import PulseConfiguration
import PulseDomain

/// Names for the shell's completion. Whatever goes wrong, nothing is offered and nothing is said.
package enum JobCompletion {
    /// Jobs of the usual configuration, without touching store or network.
    package static func names() -> [String] {
        guard let settings = try? SettingsFinder(.current).settings(SettingsWishes()) else { return [] }
        return ConfiguredJobs(settings.configuration).jobs.map(\.id.rawValue)
    }
}
