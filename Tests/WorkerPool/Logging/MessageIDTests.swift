import Logging
import TestSupport
import Testing

@testable import WorkerPool

struct MessageIDTests {
    @Test func `the catalog explains every number and no other`() throws {
        let path = "\(PackageRoot.path)/packaging/catalog/rqd.catalog"
        let file = try #require(ConfigurationReading(main: path, mustExist: true).files.first)
        let lines = String(decoding: file.bytes, as: UTF8.self).split(separator: "\n")
        let explained = lines.filter { $0.hasPrefix("-- ") }.map { String($0.dropFirst(3)) }
        #expect(explained.sorted() == MessageID.known.values.sorted())
        #expect(Set(explained).count == explained.count)
    }

    @Test func `an entry has the number of its event, said plainly or as a sentence`() throws {
        let id = try #require(MessageID.of("job failed"))
        let entries = [
            JournalEntry.bytes(.error, "l", "job failed", [:]),
            JournalEntry.bytes(.error, "l", "job failed: x", ["RQD_EVENT": "job failed"]),
        ]
        for entry in entries {
            let fields = JournalEntryTests.fields(of: entry)
            #expect(fields["MESSAGE_ID"] == Array(id.utf8))
        }
    }
}
