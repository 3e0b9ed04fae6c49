/// A configuration file that was read: its name and what is in it.
struct ConfigurationFile: Equatable {
    let path: String
    let bytes: [UInt8]

    /// What the file says, parents before what is in them.
    ///
    /// - Throws: the first thing in it that is not TOML.
    func assignments() throws(ConfigurationError.Complaint) -> [Assignment] {
        do {
            return try TomlDocument(parsing: bytes).nodes.map { node in
                Assignment(
                    node.path, node.value, at: origin(node.position),
                    keyAt: origin(node.keyPosition))
            }
        } catch {
            if let position = firstInvalidByte() {
                throw ConfigurationError.Complaint(
                    origin: origin(position), message: "is not UTF-8 text")
            }
            throw ConfigurationError.Complaint(
                origin: origin(error.position), message: Self.explained(error.message))
        }
    }

    /// Where the text stops being UTF-8; nil if it does not.
    private func firstInvalidByte() -> TextPosition? {
        var (line, column) = (1, 1)
        var rest = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        while true {
            switch parser.parseScalar(from: &rest) {
            case .valid(let scalar):
                let isBreak = scalar.first == UInt8(ascii: "\n")
                (line, column) = isBreak ? (line + 1, 1) : (line, column + 1)
            case .error: return TextPosition(line: line, column: column)
            case .emptyInput: return nil
            }
        }
    }

    private func origin(_ position: TextPosition) -> Origin {
        .file(path: path, line: position.line, column: position.column)
    }

    /// The parser's message in an operator's words, where there are better ones.
    private static func explained(_ message: String) -> String {
        let prefix = "Error while parsing "
        let rest = message.hasPrefix(prefix) ? String(message.dropFirst(prefix.count)) : message
        if rest.contains("cannot redefine existing"), let start = rest.firstIndex(of: "'"),
            let end = rest.lastIndex(of: "'"), start < end
        {
            return "\(rest[start...end]) is defined a second time"
        }
        let isBareText = rest.hasPrefix("boolean") || rest.hasPrefix("value: could not determine")
        return "not valid TOML: \(rest)" + (isBareText ? "; a text must stand in quotes" : "")
    }
}

extension ConfigurationError.Complaint: Error {}
