/// Files that travel inside the binary, so that a copied executable works alone.
package enum Embedded {
    /// The annotated configuration, as in `config/`.
    package static var configuration: String { String(decoding: PackageResources.pulse_yaml, as: UTF8.self) }

    /// The themes of `themes/` by name, the default first.
    package static var themes: [(name: String, yaml: String)] {
        [
            ("pulse-dark", String(decoding: PackageResources.pulse_dark_yaml, as: UTF8.self)),
            ("pulse-light", String(decoding: PackageResources.pulse_light_yaml, as: UTF8.self)),
        ]
    }
}
