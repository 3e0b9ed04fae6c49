import CLinux
import Glibc
import Testing

@testable import WorkerPool

@Suite struct OutputPipeTests {
    /// A horse's output whose writing end the test holds.
    private final class Printer {
        let pipe: OutputPipe
        private let loop: EventLoop
        private(set) var writer: Int32
        private let told = Lines()

        /// The lines told so far.
        final class Lines {
            var all: [String] = []
            var moments: [OutputMoment] = []
        }

        init() throws {
            var socket: [Int32] = [-1, -1]
            var ends: [Int32] = [-1, -1]
            try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &socket) == 0)
            try #require(Glibc.pipe(&ends) == 0)
            writer = ends[1]
            let horse = Horse(
                try #require(ProcessIdentity.of(getpid())), of: geteuid(), socket: socket[0],
                output: ends[0], lifeline: socket[1], jobs: 1)
            let told = told
            loop = try EventLoop()
            pipe = try OutputPipe(of: horse, horse.output, on: loop) { line, moment in
                told.all.append(String(decoding: line, as: UTF8.self))
                told.moments.append(moment)
            }
        }

        deinit { hangUp() }

        var lines: [String] { told.all }

        var moments: [OutputMoment] { told.moments }

        func print(_ text: String) {
            let bytes = Array(text.utf8)
            let count = write(writer, bytes, bytes.count)
            precondition(count == bytes.count, "the pipe takes what a test prints")
        }

        func hangUp() {
            if writer >= 0 { close(writer) }
            writer = -1
        }
    }

    @Test func `each line is told without its newline`() throws {
        let printer = try Printer()
        printer.print("one\ntwo\n\nfour\n")
        printer.pipe.drain()
        #expect(printer.lines == ["one", "two", "", "four"])
    }

    @Test func `a line that comes in pieces is told once, whole`() throws {
        let printer = try Printer()
        printer.print("on")
        printer.pipe.drain()
        #expect(printer.lines.isEmpty)
        printer.print("e\ntw")
        printer.pipe.drain()
        printer.print("o\n")
        printer.pipe.drain()
        #expect(printer.lines == ["one", "two"])
    }

    @Test func `a line without an end is told when everybody has hung up`() throws {
        let printer = try Printer()
        printer.print("one\nlast words")
        printer.hangUp()
        printer.pipe.drain()
        #expect(printer.lines == ["one", "last words"])
        #expect(!printer.pipe.isOpen)
    }

    @Test func `a horse's descriptors are let go of when everybody has hung up`() throws {
        let printer = try Printer()
        #expect(printer.pipe.printer != nil)
        printer.hangUp()
        printer.pipe.drain()
        #expect(printer.pipe.printer == nil)
    }

    @Test func `a line without an end is told when the reader has heard enough`() throws {
        let printer = try Printer()
        printer.print("last words")
        printer.pipe.drain()
        printer.pipe.close()
        #expect(printer.lines == ["last words"])
    }

    @Test func `a line too long to keep is told in pieces, and nothing of it is lost`() throws {
        let printer = try Printer()
        let piece = String(repeating: "0123456789", count: 4_000)
        let line = String(repeating: piece, count: 10)
        for _ in 0..<10 {
            printer.print(piece)
            printer.pipe.drain()
        }
        printer.print("\n")
        printer.pipe.drain()
        #expect(printer.lines.count > 1)
        #expect(printer.lines.joined() == line)
        #expect(printer.lines.allSatisfy { $0.utf8.count <= 2 * OutputPipe.longestLineBytes })
    }

    @Test func `the lines after a change of listener go to the new one`() throws {
        let printer = try Printer()
        printer.print("first\n")
        printer.pipe.drain()
        let second = Printer.Lines()
        printer.pipe.beginJob { line, _ in second.all.append(String(decoding: line, as: UTF8.self))
        }
        printer.print("second\n")
        printer.pipe.drain()
        #expect(printer.lines == ["first"])
        #expect(second.all == ["second"])
    }

    @Test func `a line that the job has not ended is its own when the job has`() throws {
        let printer = try Printer()
        printer.print("half a line")
        printer.pipe.endJob()
        printer.print("of somebody else\n")
        printer.pipe.drain()
        #expect(printer.lines == ["half a line", "of somebody else"])
        #expect(printer.moments == [.duringJob, .afterEnd(1)])
    }

    @Test func `what comes after the job's end is passed on up to a limit, then once more`() throws
    {
        let printer = try Printer()
        printer.pipe.endJob()
        for number in 1...300 { printer.print("line \(number)\n") }
        printer.pipe.drain()
        #expect(printer.lines.count == OutputPipe.mostLateLines + 1)
        #expect(printer.moments.first == .afterEnd(1))
        #expect(printer.moments[OutputPipe.mostLateLines - 1] == .afterEnd(100))
        #expect(printer.moments.last == .dropped)
        printer.print("unheard\n")
        printer.pipe.drain()
        #expect(printer.lines.count == OutputPipe.mostLateLines + 1)
        #expect(printer.pipe.isOpen)
    }

    @Test func `the next job of the same horse is heard again`() throws {
        let printer = try Printer()
        printer.pipe.endJob()
        for number in 1...300 { printer.print("line \(number)\n") }
        printer.pipe.drain()
        let next = Printer.Lines()
        printer.pipe.beginJob { line, moment in
            next.all.append(String(decoding: line, as: UTF8.self))
            next.moments.append(moment)
        }
        printer.print("heard\n")
        printer.pipe.drain()
        #expect(next.all == ["heard"])
        #expect(next.moments == [.duringJob])
    }
}
