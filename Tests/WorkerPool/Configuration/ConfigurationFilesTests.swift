import Glibc
import TestSupport
import Testing

@testable import WorkerPool

@Suite struct ConfigurationFilesTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func load(_ file: String) throws -> LoadedConfiguration {
        try ConfigurationLoader.load(file: file, environment: [:], surroundings: Sample.machine)
    }

    private func complaints(_ file: String) -> [String] {
        do {
            _ = try load(file)
            return []
        } catch {
            return "\(error)".split(separator: "\n").map(String.init)
        }
    }

    @Test func `drop-ins follow their file in the order of their names`() throws {
        let file = try directory.write("my.conf", "log.level = \"error\"\nlog.format = \"text\"")
        #expect(mkdir(file + ".d", 0o755) == 0)
        try directory.write("my.conf.d/20.conf", "log.level = \"debug\"")
        try directory.write("my.conf.d/10.conf", "log.level = \"notice\"")
        try directory.write("my.conf.d/.30.conf", "log.level = 1")
        try directory.write("my.conf.d/40.conf~", "log.level = 1")
        let loaded = try load(file)
        #expect(loaded.configuration.log == LogConfiguration(level: .debug, format: .text))
        #expect(loaded.files == [file, "\(file).d/10.conf", "\(file).d/20.conf"])
        #expect(loaded.origin(of: "log.level").description == "\(file).d/20.conf:1:13")
    }

    @Test func `a file that was named must exist`() {
        let file = directory.file("none.conf")
        #expect(complaints(file) == ["\(file): cannot be read: No such file or directory"])
    }

    @Test func `the system's file may be missing and its drop-ins still count`() throws {
        let main = directory.file("rqd.conf")
        let nothing = ConfigurationReading(main: main, mustExist: false)
        #expect(nothing.files.isEmpty && nothing.complaints.isEmpty && nothing.missing == main)
        #expect(mkdir(main + ".d", 0o755) == 0)
        try directory.write("rqd.conf.d/a.conf", "log.level = \"debug\"")
        let dropIn = ConfigurationReading(main: main, mustExist: false)
        #expect(dropIn.files.map(\.path) == ["\(main).d/a.conf"])
        #expect(dropIn.missing == nil)
    }

    @Test func `a system's file that was there once must be there at a reload`() throws {
        let main = try directory.write("rqd.conf", "log.level = \"debug\"")
        var sources = ConfigurationSources(file: nil, environment: [:], overrides: [])
        sources.systemFile = main
        let loaded = try sources.load()
        #expect(loaded.configuration.log.level == .debug)
        #expect(unlink(main) == 0)
        // At a start that is nobody's mistake.
        #expect(try sources.load().configuration.log.level == .info)
        let later = sources.expectingFiles(of: loaded)
        #expect(throws: ConfigurationError.self) { try later.load() }
        #expect(throws: ConfigurationError.self) { try later.read() }
    }

    @Test func `what was read can be had again in another process, whatever the files are by then`()
        throws
    {
        let main = try directory.write("rqd.conf", "log.level = \"debug\"")
        #expect(mkdir(main + ".d", 0o755) == 0)
        try directory.write("rqd.conf.d/a.conf", "log.format = \"text\"")
        let sources = ConfigurationSources(file: main, environment: [:], overrides: [])
        let encoded = try sources.read().encoded
        try directory.write("rqd.conf", "log.level = \"err")
        #expect(unlink(main + ".d/a.conf") == 0)
        let snapshot = try #require(ConfigurationSnapshot(encoded: encoded))
        let loaded = try sources.load(snapshot)
        #expect(loaded.configuration.log == LogConfiguration(level: .debug, format: .text))
        #expect(loaded.origin(of: "log.format").description == "\(main).d/a.conf:1:14")
        #expect(ConfigurationSnapshot(encoded: Array("{}".utf8)) == nil)
    }

    @Test func `a directory is no file`() {
        #expect(complaints(directory.path) == ["\(directory.path): cannot be read: Is a directory"])
    }

    @Test func `a file that cannot be opened or read is said with the reason`() {
        let file = directory.file("circle.conf")
        #expect(symlink("circle.conf", file) == 0)
        #expect(complaints(file) == ["\(file): cannot be read: Too many levels of symbolic links"])
        #expect(
            complaints("/proc/self/mem") == ["/proc/self/mem: cannot be read: Input/output error"])
    }

    @Test func `a file in the place of the drop-ins' directory is said`() throws {
        let file = try directory.write("my.conf", "")
        try directory.write("my.conf.d", "")
        #expect(complaints(file) == ["\(file).d: cannot be read: Not a directory"])
    }

    @Test func `a file without end is given up`() {
        #expect(
            complaints("/dev/zero") == [
                "/dev/zero: is larger than 1 MiB, so it is no configuration"
            ])
    }

    @Test func `files that cannot be read are said with the errors in the others`() throws {
        let file = try directory.write("my.conf", "log.level = 1")
        #expect(mkdir(file + ".d", 0o755) == 0)
        #expect(symlink("nowhere", "\(file).d/a.conf") == 0)
        try directory.write("my.conf.d/b.conf", "[")
        let places = complaints(file).map { $0.prefix { $0 != " " }.dropFirst(file.utf8.count) }
        #expect(Set(places) == [":1:13:", ".d/a.conf:", ".d/b.conf:1:2:"])
    }

    @Test func `this machine has a core and a place for programs`() {
        let machine = Surroundings.current()
        #expect(machine.cores >= 1)
        #expect(machine.isRoot == (geteuid() == 0))
        #expect(machine.isExecutable("/bin/sh"))
        #expect(!machine.isExecutable("/bin"))
        #expect(!machine.isExecutable("/etc/passwd"))
    }
}
