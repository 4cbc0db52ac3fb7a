import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { decryptPollVote, proto } from '@whiskeysockets/baileys'
import { alice, bob, carol, chat, jid } from '../people.mjs'

const { GOING, NOT_GOING } = proto.Message.EventResponseMessage.EventResponseType

// sealed are the parts of messages that are encrypted once more: votes in polls and answers
// to events.
export async function sealed({ a, b, runtime, control, step }) {
  // choice is what a vote chose, decrypted by Baileys' code, as hashes.
  const choice = async (client, poll, creator, voter) => {
    const { message } = await client.message(poll)
    const vote = await client.log.wait('message', m => m.message?.pollUpdateMessage?.pollCreationMessageKey?.id === poll)
    const { selectedOptions } = decryptPollVote(vote.message.pollUpdateMessage.vote, {
      pollMsgId: poll, pollCreatorJid: creator, voterJid: voter, pollEncKey: message.messageContextInfo.messageSecret,
    })
    return selectedOptions.map(o => Buffer.from(o).toString('hex'))
  }
  const hash = option => createHash('sha256').update(option).digest('hex')

  await step('Vote in a poll', 'runtime', 'the option, with its code for votes', async () => {
    const { id } = await b.send(jid(alice), { poll: { name: 'When?', values: ['Monday', 'Tuesday'], selectableCount: 1 } })
    await runtime.message(chat(bob), id)
    await runtime.send('sendPollVote', chat(bob), { pollMessageId: id, votes: ['Tuesday'] })
    // Baileys addressed Alice by her number: so does the runtime in the vote.
    assert.deepEqual(await choice(b, id, jid(bob), jid(alice)), [hash('Tuesday')])
  })
  await step('Vote in a poll', 'a phone', 'the option, with its code for votes', async () => {
    const poll = await runtime.send('sendPoll', chat(bob), { poll: { name: 'Where?', options: ['Here', 'There'], multipleAnswers: false } })
    await control.arrived(bob, r => r.kind === 'message' && r.id === poll)
    await control.post('/votes', { user: bob, poll, options: ['Here'] })
    assert.deepEqual(await choice(a, poll, a.lid, b.lid), [hash('Here')])
  })
  await step('Send an event, and answer it', 'runtime, and a phone', 'the event; who comes', async () => {
    const sent = await runtime.of('POST', '/events', { chatId: chat(bob), event: { name: 'Party', startTime: 2063137000, location: { name: 'Roof' } } })
    const id = sent.id.split('_')[2]
    for (const client of [a, b]) {
      const { eventMessage } = (await client.message(id)).message
      assert.equal(eventMessage.name, 'Party')
      assert.equal(eventMessage.location.name, 'Roof')
      assert.equal(Number(eventMessage.startTime), 2063137000)
    }
    await control.arrived(bob, r => r.kind === 'message' && r.id === id)
    await control.post('/responses', { user: bob, event: id, answer: 'GOING' })
    await a.updated(id, u => u.eventResponses?.[0].response.response === GOING)
  })
  await step('Send an event, and answer it', 'Baileys, and a phone', 'the event; who comes', async () => {
    const { id } = await a.send(jid(bob), { event: { name: 'Lunch', startDate: new Date(2063137000000) } })
    await runtime.message(chat(bob), id, m => m.body === 'Lunch')
    await control.arrived(bob, r => r.kind === 'message' && r.id === id)
    await control.post('/responses', { user: bob, event: id, answer: 'NOT_GOING' })
    await a.updated(id, u => u.eventResponses?.[0].response.response === NOT_GOING)
  })
  const ring = async () => {
    const { id } = await control.post('/calls', { from: carol, to: alice, video: true })
    const call = await a.log.wait('call', c => c.id === id && c.status === 'offer')
    assert.equal(call.isVideo, true)
    return call
  }
  const rejected = id => control.arrived(carol, r => r.kind === 'call' && r.id === id && r.state === 'reject')
  await step('Reject a call', 'runtime', 'that it was rejected', async () => {
    const { id } = await ring()
    await runtime.of('POST', '/calls/reject', { from: chat(carol), id })
    await rejected(id)
    await a.log.wait('call', c => c.id === id && c.status === 'reject')
  })
  await step('Reject a call', 'Baileys', 'nothing; the caller hears of it', async () => {
    const { id, from } = await ring()
    await a.socket.rejectCall(id, from)
    await rejected(id)
  })
}
