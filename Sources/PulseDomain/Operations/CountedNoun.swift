extension Int {
    /// With the noun it counts: `1 record`, `0 records`, `2 entries` (`plural` where an s is not enough).
    package func counted(_ noun: String, _ plural: String? = nil) -> String {
        "\(self) \(self.noun(noun, plural))"
    }

    /// The noun alone, as this many take it.
    package func noun(_ noun: String, _ plural: String? = nil) -> String {
        self == 1 ? noun : plural ?? noun + "s"
    }
}
