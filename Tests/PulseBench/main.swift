import PulseAssembly

/// `swift run -c release PulseBench [json|load|reload|memory]`; see `Usage`.
ProcessMemory.keepSmall()
do {
    try await Usage.run(Array(CommandLine.arguments.dropFirst()))
} catch {
    print("PulseBench: \(error)")
    Usage.exit(failing: true)
}
