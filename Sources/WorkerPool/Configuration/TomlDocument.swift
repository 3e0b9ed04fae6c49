import CToml

/// A TOML text as the nodes in it, each with its position.
///
/// Parents come before what is in them; otherwise there is no particular order.
struct TomlDocument {
    /// Something with a key: a value, a list or a table.
    struct Node: Equatable {
        let path: [String]
        var value: WrittenValue
        /// Of the value; of a table, its header.
        let position: TextPosition
        /// Of the last key of the path.
        let keyPosition: TextPosition
    }

    /// The first thing in a text that is not TOML.
    struct SyntaxError: Error, Equatable {
        let message: String
        let position: TextPosition
    }

    private(set) var nodes: [Node] = []

    /// Parses a text.
    ///
    /// - Parameter bytes: the text; UTF-8 as TOML demands, which is checked.
    /// - Throws: the first syntax error; TOML is not read on after one.
    init(parsing bytes: [UInt8]) throws(SyntaxError) {
        let collector = Collector()
        let context = Unmanaged.passUnretained(collector).toOpaque()
        withExtendedLifetime(collector) {
            bytes.withUnsafeBytes { document in
                let text = document.assumingMemoryBound(to: CChar.self)
                _ = ctoml_parse(
                    text.baseAddress, text.count, context,
                    { context, node in
                        guard let node else { return }
                        Collector.behind(context)?.add(node.pointee)
                    },
                    { context, error in
                        guard let error else { return }
                        Collector.behind(context)?.failed(error.pointee)
                    })
            }
        }
        if let error = collector.error { throw error }
        nodes = collector.nodes
    }
}

/// What the C callbacks write into; lives for one parse.
private final class Collector {
    var nodes: [TomlDocument.Node] = []
    var error: TomlDocument.SyntaxError?

    static func behind(_ context: UnsafeMutableRawPointer?) -> Collector? {
        context.map { Unmanaged<Collector>.fromOpaque($0).takeUnretainedValue() }
    }

    func add(_ node: ctoml_node) {
        let position = TextPosition(line: Int(node.line), column: Int(node.column))
        guard node.nesting == 0 else {
            // Deeper elements are left out: no key takes a list of lists.
            if node.nesting == 1 { append(WrittenValue(node), at: position) }
            return
        }
        let keys = UnsafeBufferPointer(start: node.path, count: node.depth)
        nodes.append(
            TomlDocument.Node(
                path: keys.map(String.init(ctoml:)), value: WrittenValue(node),
                position: position,
                keyPosition: TextPosition(line: Int(node.key_line), column: Int(node.key_column))))
    }

    private func append(_ element: WrittenValue, at position: TextPosition) {
        guard let last = nodes.indices.last, case .list(let elements) = nodes[last].value else {
            return
        }
        let added = WrittenValue.Element(value: element, position: position)
        nodes[last].value = .list(elements + [added])
    }

    func failed(_ error: ctoml_error) {
        self.error = TomlDocument.SyntaxError(
            // It may quote the end of a line.
            message: PrintableText.of(String(ctoml: error.message)),
            position: TextPosition(line: Int(error.line), column: Int(error.column)))
    }
}

extension WrittenValue {
    fileprivate init(_ node: ctoml_node) {
        self =
            switch node.kind {
            case CTOML_STRING: .text(String(ctoml: node.text))
            case CTOML_INTEGER: .integer(node.integer)
            case CTOML_FLOAT: .floating(node.floating)
            case CTOML_BOOLEAN: .boolean(node.integer != 0)
            case CTOML_ARRAY: .list([])
            case CTOML_TABLE: .table
            default: .date(String(ctoml: node.text))
            }
    }
}

extension String {
    fileprivate init(ctoml text: ctoml_text) {
        let bytes = UnsafeRawBufferPointer(start: text.bytes, count: text.count)
        self.init(decoding: bytes, as: UTF8.self)
    }
}
