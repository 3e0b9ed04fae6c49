/// How the master finds out where a job is.
///
/// *Master process.*
extension Master {
    /// Asks a job's worker for its stack; the answer comes when the worker's has.
    func askForStack(of id: String, answering answer: @escaping (ControlMessage.Reply) -> Void) {
        let slot: MasterSlot
        do {
            slot = try self.slot(running: id)
        } catch {
            return answer(ControlMessage.reply(error))
        }
        let job = slot.reading.jobID
        guard let orders = nursery.orders(of: slot) else {
            return answer(ControlMessage.reply(.unavailable("its worker does not take orders")))
        }
        if let open = stackQuestions[slot.index] {
            if open.isAbout(job, on: orders) { return open.add(answer) }
            open.fail("the job is over")
        }
        do {
            let question = try StackQuestion(about: job, to: orders, on: loop) { [weak self] in
                self?.stackQuestions[slot.index] = nil
            }
            question.add(answer)
            stackQuestions[slot.index] = question
            guard nursery.tell(slot, .stack(job: job, question: question.number)) else {
                return question.fail("its worker does not take orders")
            }
        } catch {
            answer(ControlMessage.reply(.unavailable("\(error)")))
        }
    }
}
