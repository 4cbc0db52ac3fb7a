import assert from 'node:assert/strict'
import { WAMessageStatus } from '@whiskeysockets/baileys'
import { textOf } from '../client.mjs'
import { alice, bob, carol, chat, jid } from '../people.mjs'

export async function messages(world) {
  const { a, b, runtime, control, step } = world
  const whole = (id, fromMe, number = bob) => `${fromMe}_${chat(number)}_${id}`

  await step('Send a text', 'runtime', 'a message from me; the contact and the phone get it', async () => {
    const id = await runtime.send('sendText', chat(bob), { text: 'by the runtime' })
    assert.equal((await a.message(id)).key.fromMe, true)
    assert.equal((await b.message(id)).key.fromMe, false)
    await control.text(alice, 'by the runtime')
  })
  await step('Send a text', 'Baileys', 'a message from me; the contact and the phone get it', async () => {
    const { id } = await a.send(jid(bob), { text: 'by Baileys' })
    assert.equal((await runtime.message(chat(bob), id)).fromMe, true)
    await b.message(id)
    await control.text(alice, 'by Baileys')
  })
  await step('Write to the account', 'a client and a phone', 'both show the text', async () => {
    const { id } = await b.send(jid(alice), { text: 'to both' })
    assert.equal((await runtime.message(chat(bob), id)).body, 'to both')
    assert.equal(textOf((await a.message(id)).message), 'to both')
    const other = await control.send(carol, alice, 'to both, from a phone')
    await Promise.all([runtime.message(chat(carol), other), a.message(other)])
  })
  await step('Write from the own phone', 'the phone', 'both show a message from me', async () => {
    const id = await control.send(alice, carol, 'typed by Alice')
    assert.equal((await runtime.message(chat(carol), id)).fromMe, true)
    assert.equal((await a.message(id)).key.fromMe, true)
  })
  await step('Write to a group', 'each', 'the text, three times', async () => {
    const team = world.team = (await control.addGroup('Shared', alice, bob, carol)).jid
    for (let i = 0; i < 3; i++) {
      const id = await runtime.send('sendText', team, { text: `runtime ${i}` })
      await Promise.all([a.message(id), b.message(id), control.text(carol, `runtime ${i}`)])
      const key = await a.send(team, { text: `baileys ${i}` })
      await Promise.all([runtime.message(team, key.id, m => m.fromMe), b.message(key.id), control.text(carol, `baileys ${i}`)])
      const answer = await b.send(team, { text: `bob ${i}` })
      await Promise.all([runtime.message(team, answer.id), a.message(answer.id)])
    }
  })
  await step('A contact reads what was sent', 'runtime', 'read', async () => {
    const id = await runtime.send('sendText', chat(bob), { text: 'read by Bob' })
    await b.socket.readMessages([(await b.message(id)).key])
    await runtime.message(chat(bob), id, m => m.ackName === 'READ')
    await a.reached(id, WAMessageStatus.READ)
  })
  await step('A contact reads what was sent', 'Baileys', 'read', async () => {
    const { id } = await a.send(jid(carol), { text: 'read by Carol' })
    await Promise.all([control.text(carol, 'read by Carol'), control.text(alice, 'read by Carol')])
    await control.post('/read', { user: carol, ids: [id] })
    await runtime.message(chat(carol), id, m => m.ackName === 'READ')
    await a.reached(id, WAMessageStatus.READ)
  })
  await step('Read a message', 'runtime', 'read', async () => {
    const { id } = await b.send(jid(alice), { text: 'for the runtime to read' })
    await runtime.message(chat(bob), id)
    await a.message(id)
    await runtime.send('sendSeen', chat(bob), {})
    await a.updated(id, u => u.status === WAMessageStatus.READ)
  })
  await step('Read a message', 'Baileys', 'no unread messages', async () => {
    const { id } = await b.send(jid(alice), { text: 'for Baileys to read' })
    await runtime.chat(chat(bob), c => c.unreadCount > 0)
    await a.socket.readMessages([(await a.message(id)).key])
    await runtime.chat(chat(bob), c => c.unreadCount === 0)
  })
  await step('Read a message', 'the phone', 'both show it as read', async () => {
    const id = await control.send(carol, alice, 'for the phone to read')
    await runtime.chat(chat(carol), c => c.unreadCount > 0)
    await a.message(id)
    await control.post('/read', { user: alice, ids: [id] })
    await runtime.chat(chat(carol), c => c.unreadCount === 0)
    await a.updated(id, u => u.status === WAMessageStatus.READ)
  })
  await step('Edit, then revoke', 'runtime', 'the new text; that it is deleted', async () => {
    const id = await runtime.send('sendText', chat(bob), { text: 'a tpyo' })
    await a.message(id)
    const path = `/chats/${encodeURIComponent(chat(bob))}/messages/${encodeURIComponent(whole(id, true))}`
    await runtime.of('PUT', path, { text: 'a typo' })
    await a.updated(id, u => textOf(u.message?.editedMessage?.message) === 'a typo')
    await runtime.of('DELETE', path)
    await a.updated(id, u => u.message === null)
  })
  await step('Edit, then revoke', 'Baileys', 'the new text; that it is deleted', async () => {
    const key = await a.send(jid(bob), { text: 'another tpyo' })
    await runtime.message(chat(bob), key.id)
    await a.send(jid(bob), { text: 'another typo', edit: key })
    await runtime.message(chat(bob), key.id, m => m.body === 'another typo')
    await a.send(jid(bob), { delete: key })
    await runtime.gone(chat(bob), key.id)
  })
  await step('React', 'runtime', 'the emoji, and that it was taken back', async () => {
    const { id } = await b.send(jid(alice), { text: 'like it?' })
    await runtime.message(chat(bob), id)
    for (const reaction of ['👍', '']) {
      const from = a.log.mark()
      await runtime.call('PUT', '/api/reaction', { session: runtime.session, messageId: whole(id, false), reaction })
      await a.log.wait('messages.reaction', r => r.key.id === id && (r.reaction.text ?? '') === reaction, from)
    }
  })
  await step('React', 'Baileys', 'the emoji, and that it was taken back', async () => {
    const { id } = await b.send(jid(alice), { text: 'and this?' })
    const { key } = await a.message(id)
    const mine = m => (m.reactions ?? []).filter(r => r.fromMe).map(r => r.text).join()
    await a.send(key.remoteJid, { react: { text: '❤️', key } })
    await runtime.message(chat(bob), id, m => mine(m) === '❤️')
    await a.send(key.remoteJid, { react: { text: '', key } })
    await runtime.message(chat(bob), id, m => mine(m) === '')
  })
}
