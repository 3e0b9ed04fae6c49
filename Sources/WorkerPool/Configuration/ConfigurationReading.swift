import Glibc

/// The files of a configuration, as they were found on disk.
struct ConfigurationReading {
    /// The files that could be read, in order.
    private(set) var files: [ConfigurationFile] = []
    /// Those that could not.
    private(set) var complaints: [ConfigurationError.Complaint] = []
    /// The main file, if there was no file at all.
    private(set) var missing: String?

    /// How often a file is read that is being written meanwhile.
    private static let mostTries = 5

    /// A file that is larger is no configuration.
    private static let mostBytes = 1 << 20

    /// Takes files that are in memory already, as tests do.
    init(files: [ConfigurationFile], missing: String? = nil) {
        self.files = files
        self.missing = missing
    }

    /// Reads a file, and `FILE.d/*.conf` in the order of their names.
    ///
    /// - Parameters:
    ///   - main: the path of the file.
    ///   - mustExist: whether it is wrong that there is no such file.
    init(main: String, mustExist: Bool) {
        read(main, mustExist: mustExist)
        let directory = main + ".d"
        for name in names(in: directory) { read("\(directory)/\(name)", mustExist: true) }
        if files.isEmpty && complaints.isEmpty { missing = main }
    }

    /// The drop-ins of a directory, which may be missing.
    private mutating func names(in directory: String) -> [String] {
        guard let stream = opendir(directory) else {
            if errno != ENOENT { complain(directory, "cannot be read", errno) }
            return []
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(".conf"), !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private mutating func read(_ path: String, mustExist: Bool) {
        for _ in 0..<Self.mostTries {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
            guard descriptor >= 0 else {
                if mustExist || errno != ENOENT { complain(path, "cannot be read", errno) }
                return
            }
            defer { close(descriptor) }
            let before = FileState(descriptor)
            guard let bytes = bytes(of: descriptor, at: path) else { return }
            // Half of one text and half of another would be none that anybody wrote.
            if FileState(descriptor) == before {
                files.append(ConfigurationFile(path: path, bytes: bytes))
                return
            }
        }
        complain(path, "is being written; try again")
    }

    /// Everything in a file; nil when it cannot be read, which is noted.
    private mutating func bytes(of descriptor: Int32, at path: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count <= Self.mostBytes {
            let room = 65_536
            var failure: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                let got = Glibc.read(descriptor, buffer.baseAddress, room)
                failure = got < 0 ? errno : 0
                count = max(got, 0)
            }
            if failure == EINTR { continue }
            guard failure == 0 else {
                complain(path, "cannot be read", failure)
                return nil
            }
            guard !chunk.isEmpty else { return bytes }
            bytes += chunk
        }
        complain(path, "is larger than 1 MiB, so it is no configuration")
        return nil
    }

    private mutating func complain(_ path: String, _ message: String, _ number: Int32) {
        complain(path, "\(message): \(String(cString: strerror(number)))")
    }

    private mutating func complain(_ path: String, _ message: String) {
        complaints.append(
            ConfigurationError.Complaint(
                origin: .file(path: path, line: 0, column: 0), message: message))
    }
}
