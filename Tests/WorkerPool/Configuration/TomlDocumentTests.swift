import Testing

@testable import WorkerPool

@Suite struct TomlDocumentTests {
    static let text = """
        [redis]
        url = "redis://h"   # a comment
          number =   5

        [pool."odd name"]
        list = ["ü", 7,
          true]
        real = 0.5
        day = 1979-05-27
        python = { path = [[1]] }
        """

    private func node(_ path: String...) throws -> TomlDocument.Node {
        let document = try TomlDocument(parsing: Array(Self.text.utf8))
        return try #require(document.nodes.first { $0.path == path })
    }

    @Test func `a value knows its own place and its key's`() throws {
        let node = try node("redis", "number")
        #expect(node.value == .integer(5))
        #expect(node.position == TextPosition(line: 3, column: 14))
        #expect(node.keyPosition == TextPosition(line: 3, column: 3))
    }

    @Test func `a header is a table at its bracket`() throws {
        let node = try node("pool", "odd name")
        #expect(node.value == .table)
        #expect(node.position == TextPosition(line: 5, column: 1))
        #expect(node.keyPosition == TextPosition(line: 5, column: 7))
    }

    @Test func `each element of a list knows its place`() throws {
        let elements: [WrittenValue.Element] = [
            .init(value: .text("ü"), position: TextPosition(line: 6, column: 9)),
            .init(value: .integer(7), position: TextPosition(line: 6, column: 14)),
            .init(value: .boolean(true), position: TextPosition(line: 7, column: 3)),
        ]
        #expect(try node("pool", "odd name", "list").value == .list(elements))
    }

    @Test func `every kind of value is told from the others`() throws {
        #expect(try node("redis", "url").value == .text("redis://h"))
        #expect(try node("pool", "odd name", "real").value == .floating(0.5))
        #expect(try node("pool", "odd name", "day").value == .date("1979-05-27"))
        #expect(try node("pool", "odd name", "python").value == .table)
    }

    @Test func `a list in a list is an element and its contents are left out`() throws {
        let inner = WrittenValue.Element(
            value: .list([]), position: TextPosition(line: 10, column: 20))
        #expect(try node("pool", "odd name", "python", "path").value == .list([inner]))
    }

    @Test func `a table comes before what is in it`() throws {
        let paths = try TomlDocument(parsing: Array(Self.text.utf8)).nodes.map(\.path)
        for (index, path) in paths.enumerated() where path.count > 1 {
            let parent = try #require(paths.firstIndex(of: path.dropLast()))
            #expect(parent < index)
        }
    }

    @Test func `an empty text is an empty document`() throws {
        #expect(try TomlDocument(parsing: []).nodes == [])
    }

    @Test func `what is no TOML is an error with its place`() {
        #expect {
            try TomlDocument(parsing: Array("[redis]\nurl = \"h".utf8))
        } throws: { error in
            (error as? TomlDocument.SyntaxError)?.position == TextPosition(line: 2, column: 9)
        }
    }
}
