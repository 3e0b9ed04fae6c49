import Testing

/// Gives the tests of a suite one installed service, booted before the first of them and removed
/// after the last.
struct ServiceScope: SuiteTrait, TestScoping {
    /// The service of the running suite.
    @TaskLocal static var current: InstalledService?

    let isRecursive = false
    /// How rqd comes into it.
    let way: InstalledService.Way

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let service = try InstalledService(way)
        try await Self.$current.withValue(service, operation: function)
    }
}

extension Trait where Self == ServiceScope {
    /// One installed service for all tests of the suite.
    static var installedService: ServiceScope { ServiceScope(way: .files) }

    /// One system for all tests of the suite, into which the tests install the package.
    static var packagedService: ServiceScope { ServiceScope(way: .package) }
}
