import assert from 'node:assert/strict'
import { WAMessageStatus, WAMessageStubType } from '@whiskeysockets/baileys'
import { textOf } from '../client.mjs'
import { alice, bob, carol, jid } from '../people.mjs'

export async function messages({ a, b, control, step }) {
  await step("A contact's phone writes", 'the text, with sender and name; the phone gets a delivery receipt', async () => {
    const id = await control.send(carol, alice, 'from a phone')
    const m = await a.message(id)
    assert.equal(textOf(m.message), 'from a phone')
    assert.equal(m.pushName, 'Carol')
    assert.equal(m.key.remoteJidAlt, jid(carol))
    assert.equal(m.key.fromMe, false)
    await control.arrived(carol, r => r.kind === 'receipt' && ['', 'inactive'].includes(r.state ?? '') && r.ids.includes(id))
  })
  await step('Baileys writes to a phone', 'the text, at the contact and on the own phone; then read', async () => {
    const key = await a.send(jid(carol), { text: 'to a phone' })
    await control.text(carol, 'to a phone')
    assert.ok((await control.text(alice, 'to a phone')).own)
    await control.post('/read', { user: carol, ids: [key.id] })
    await a.reached(key.id, WAMessageStatus.READ)
  })
  await step('The own phone writes', 'a message from me; the contact gets it', async () => {
    const id = await control.send(alice, bob, 'typed on the phone')
    assert.equal((await a.message(id)).key.fromMe, true)
    assert.equal((await b.message(id)).key.fromMe, false)
  })
  await step('Two Baileys clients write to each other', 'twenty texts in order', async () => {
    for (let i = 0; i < 10; i++) {
      await a.send(jid(bob), { text: `ping ${i}` })
      await b.message(`ping ${i}`)
      await b.send(jid(alice), { text: `pong ${i}` })
      await a.message(`pong ${i}`)
    }
  })
  await step('Baileys reads a message', 'read, at the contact and at the phone', async () => {
    const key = await a.send(jid(bob), { text: 'read me' })
    await control.text(alice, 'read me')
    await b.socket.readMessages([(await b.message(key.id)).key])
    await a.reached(key.id, WAMessageStatus.READ)
    const id = await control.send(carol, alice, 'and me')
    await a.socket.readMessages([(await a.message(id)).key])
    await control.receipt(carol, 'read', id)
  })
  await step('The own phone reads a message', 'read, by the account itself', async () => {
    const id = await control.send(carol, alice, 'read on the phone')
    await a.message(id)
    await control.post('/read', { user: alice, ids: [id] })
    await a.updated(id, u => u.status === WAMessageStatus.READ)
  })
  await step('A reply', 'the text, with the id of the quoted message', async () => {
    const id = await control.send(carol, alice, 'question')
    await a.send(jid(carol), { text: 'answer' }, { quoted: await a.message(id) })
    await control.text(carol, 'answer')
    const quoted = await b.send(jid(alice), { text: 'original' })
    await b.send(jid(alice), { text: 'to myself, quoted' }, { quoted: await a.message(quoted.id) })
    const got = await a.message('to myself, quoted')
    assert.equal(got.message.extendedTextMessage.contextInfo.stanzaId, quoted.id)
  })
  await step('Reactions', 'the emoji, and that it was taken back', async () => {
    const key = await a.send(jid(bob), { text: 'do you like it?' })
    const got = await b.message(key.id)
    for (const text of ['👍', '']) {
      const from = a.log.mark()
      await b.send(jid(alice), { react: { text, key: got.key } })
      await a.log.wait('messages.reaction', r => r.key.id === key.id && (r.reaction.text ?? '') === text, from)
    }
  })
  await step('An edit', 'the new text', async () => {
    const key = await a.send(jid(bob), { text: 'a tpyo' })
    await b.message(key.id)
    await a.send(jid(bob), { text: 'a typo', edit: key })
    await b.updated(key.id, u => textOf(u.message?.editedMessage?.message) === 'a typo')
  })
  await step('A revoke', 'that the message is deleted', async () => {
    const key = await a.send(jid(bob), { text: 'forget it' })
    await b.message(key.id)
    await a.send(jid(bob), { delete: key })
    await b.updated(key.id, u => u.messageStubType === WAMessageStubType.REVOKE)
  })
  await step('A location, a contact and a poll', 'their content', async () => {
    await a.send(jid(bob), { location: { degreesLatitude: 52.5, degreesLongitude: 13.4 } })
    await b.log.wait('message', m => m.message?.locationMessage?.degreesLatitude === 52.5)
    await a.send(jid(bob), { contacts: { displayName: 'Eve', contacts: [{ vcard: 'BEGIN:VCARD\nFN:Eve\nEND:VCARD' }] } })
    await b.log.wait('message', m => m.message?.contactMessage?.displayName === 'Eve' || m.message?.contactMessage?.vcard)
    await a.send(jid(bob), { poll: { name: 'Lunch?', values: ['Yes', 'No'], selectableCount: 1 } })
    await b.log.wait('message', m => (m.message?.pollCreationMessageV3 ?? m.message?.pollCreationMessage)?.name === 'Lunch?')
  })
}
