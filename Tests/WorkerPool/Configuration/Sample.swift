@testable import WorkerPool

/// Makes configurations of texts, on a machine that is the same everywhere.
enum Sample {
    /// Four cores, root, and these two programs.
    static let machine = Surroundings(cores: 4, isRoot: true) {
        ["/usr/bin/python3", "/usr/local/bin/python3.12"].contains($0)
    }

    /// Loads a file that needs no disk, and the other sources.
    ///
    /// - Parameters:
    ///   - toml: what is in `/etc/rqd.conf`; nil if there is none.
    ///   - dropIns: what is in `/etc/rqd.conf.d/1.conf`, `2.conf` and so on.
    ///   - environment: the variables.
    ///   - overrides: the flags.
    ///   - machine: what the defaults depend on.
    ///   - path: where the file is said to be.
    /// - Returns: the configuration and its origins.
    /// - Throws: everything that is wrong.
    static func load(
        _ toml: String? = nil, dropIns: [String] = [], environment: [String: String] = [:],
        overrides: [Override] = [], on machine: Surroundings = machine,
        path: String = "/etc/rqd.conf"
    ) throws(ConfigurationError) -> LoadedConfiguration {
        var files =
            toml.map { [ConfigurationFile(path: path, bytes: Array($0.utf8))] } ?? []
        for (index, text) in dropIns.enumerated() {
            let path = "/etc/rqd.conf.d/\(index + 1).conf"
            files.append(ConfigurationFile(path: path, bytes: Array(text.utf8)))
        }
        return try ConfigurationLoader.merge(
            ConfigurationReading(files: files, missing: files.isEmpty ? "/etc/rqd.conf" : nil),
            environment: environment, overrides: overrides, surroundings: machine)
    }

    /// The lines an operator reads if a configuration is wrong; none if it is right.
    static func complaints(
        _ toml: String? = nil, dropIns: [String] = [], environment: [String: String] = [:],
        overrides: [Override] = []
    ) -> [String] {
        do {
            _ = try load(toml, dropIns: dropIns, environment: environment, overrides: overrides)
            return []
        } catch {
            return error.complaints.map(\.description)
        }
    }
}
