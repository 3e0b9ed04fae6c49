import Testing

@testable import RQ

struct `A timestamp` {
    @Test func `is read and written in both of rq's forms, for any date`() throws {
        let moments = try Recording.of("3.0.0").moments
        #expect(moments.count > 200)
        for moment in moments {
            let ours = Timestamp(microseconds: moment.micros)
            #expect(ours.description == moment.iso)
            #expect(String(decoding: ours.epochText, as: UTF8.self) == moment.epoch)
            #expect(try Timestamp(utcISO: Array(moment.iso.utf8), field: "f") == ours)
            // A float of the year 9999 no longer holds single microseconds.
            guard 1901..<2200 ~= CivilTime(epochSeconds: ours.epochSeconds).year else { continue }
            #expect(try Timestamp(epochText: Array(moment.epoch.utf8), field: "f") == ours)
        }
    }

    @Test func `goes from day to day through four centuries without a gap`() {
        var seconds = Timestamp(epochSeconds: -5_364_662_400).epochSeconds
        var last = CivilTime(epochSeconds: seconds)
        #expect((last.year, last.month, last.day) == (1800, 1, 1))
        for _ in 0..<146_097 {
            seconds += 86_400
            let next = CivilTime(epochSeconds: seconds)
            #expect(next.epochSeconds == seconds)
            let isNextDay = next.day == last.day + 1 && next.month == last.month
            let isNextMonth = next.day == 1 && next.month == last.month + 1 && last.day >= 28
            let isNextYear = next.day == 1 && next.month == 1 && last.month == 12 && last.day == 31
            #expect(isNextDay || isNextMonth || (isNextYear && next.year == last.year + 1))
            last = next
        }
        #expect((last.year, last.month, last.day) == (2200, 1, 1))
    }

    @Test(arguments: [
        ("2026-11-23T08:46:39Z", 1_795_423_599_000_000),
        ("2026-11-23T08:46:39.5Z", 1_795_423_599_500_000),
        ("2026-11-23T08:46:39.000001Z", 1_795_423_599_000_001),
        ("1970-01-01T00:00:00Z", 0),
    ])
    func `is read with any fraction or none`(text: String, micros: Int) throws {
        #expect(try Timestamp(utcISO: Array(text.utf8), field: "f").microseconds == micros)
    }

    @Test(arguments: [
        "", "Z", "now", "2026-11-23", "2026-11-23 08:46:39Z", "2026-11-23T08:46:39",
        "2026-11-23T08:46:39+00:00", "2026-11-23T08:46:39.Z", "2026-11-23T08:46:39.1234567Z",
        "2026-11-23T08:46:39.-12345Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z",
        "2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z", "2026-11-00T00:00:00Z",
        "2026-11-31T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T23:60:00Z",
        "2026-11-23T23:59:60Z", "0000-01-01T00:00:00Z", "２026-11-23T08:46:39Z",
    ])
    func `is refused in any other form, naming the field`(text: String) {
        #expect {
            try Timestamp(utcISO: Array(text.utf8), field: "started_at")
        } throws: { error in
            (error as? WireError)?.field == "started_at"
        }
    }

    @Test(arguments: [
        "", "now", "nan", "inf", "-inf", "0x10", "1e300", "1795423615,9", "1 2", "--1",
    ])
    func `is refused as a float that is no moment`(text: String) {
        #expect(throws: WireError.self) {
            try Timestamp(epochText: Array(text.utf8), field: "created_at")
        }
    }

    @Test func `stays within the years Python has`() {
        #expect(Timestamp(microseconds: .max).description == "9999-12-31T23:59:59.999999Z")
        #expect(Timestamp(epochSeconds: .max).description == "9999-12-31T23:59:59.999999Z")
        #expect(Timestamp(microseconds: .min).description == "0001-01-01T00:00:00.000000Z")
        #expect(Timestamp(epochSeconds: .min).description == "0001-01-01T00:00:00.000000Z")
    }

    @Test func `gives scores that never lie ahead of it`() {
        #expect(Timestamp(microseconds: 1_999_999).epochSeconds == 1)
        #expect(Timestamp(microseconds: -1).epochSeconds == -1)
        #expect(Timestamp(microseconds: -1_000_000).epochSeconds == -1)
    }

    @Test func `is compared and subtracted as a moment`() {
        let early = Timestamp(microseconds: 1_000_001)
        let late = Timestamp(microseconds: 3_500_000)
        #expect(early < late)
        #expect(late - early == .microseconds(2_499_999))
        #expect(early - late == .microseconds(-2_499_999))
    }

    @Test func `from the wall clock lies after this code was written`() {
        #expect(Timestamp.now().description > "2025-01-01")
    }
}
