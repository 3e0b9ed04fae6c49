import CLinux
import Testing

@testable import WorkerPool

@Suite struct SharedTextTests {
    /// Room for one text in ordinary memory, freed at the test's end.
    final class Room {
        let words: UnsafeMutablePointer<UInt64>
        let text: SharedText

        init(capacityBytes: Int) {
            let count = SharedText.words(capacityBytes: capacityBytes)
            words = .allocate(capacity: count)
            words.initialize(repeating: 0, count: count)
            text = SharedText(head: words, capacityBytes: capacityBytes)
        }

        deinit { words.deallocate() }
    }

    @Test func `the last of many writings is read`() {
        let room = Room(capacityBytes: 32)
        for number in 0..<1_000 { room.text.write("number \(number)") }
        #expect(room.text.read() == "number 999")
    }

    @Test func `a writer that dies half way leaves the old text whole`() {
        let room = Room(capacityBytes: 32)
        room.text.write("first")
        room.text.write("second")
        // What a writer of the third text has done before its last step:
        // the buffer that is not shown is full of its bytes.
        let bufferWords = 4
        let hidden = rqd_load(room.words) >> 16 & 1 == 0 ? 1 + bufferWords : 1
        for word in 0..<bufferWords { room.words[hidden + word] = .max }
        #expect(room.text.read() == "second")
    }

    @Test func `a length beyond the capacity is not believed`() {
        let room = Room(capacityBytes: 8)
        rqd_store(room.words, 0xffff)
        #expect(room.text.read().utf8.count == 8)
    }

    @Test func `the empty text replaces a longer one`() {
        let room = Room(capacityBytes: 32)
        room.text.write("something")
        room.text.write("")
        #expect(room.text.read().isEmpty)
    }
}
