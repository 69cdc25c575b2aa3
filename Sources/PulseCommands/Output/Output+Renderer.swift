import PulseConsole
import PulseDomain

extension Output {
    /// The plain twin of the screens, as wide and as colourful as this output.
    func renderer(at now: Instant) -> PlainRenderer {
        PlainRenderer(width: width, now: now, glyphs: glyphs, usesColor: usesColor, fidelity: fidelity)
    }
}

extension PlainRenderer {
    /// What the console's first screen shows.
    func home(_ overview: Overview, isRunning: Bool = true) -> String {
        status(overview, isRunning: isRunning) + "\n" + jobs(overview) + "\n" + limits(overview)
    }
}
