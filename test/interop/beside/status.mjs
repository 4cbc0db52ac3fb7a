import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { downloadMediaMessage } from '@whiskeysockets/baileys'
import { until } from '../await.mjs'
import { alice, bob, carol, chat, jid, statuses } from '../people.mjs'
import { stanza } from '../runtime.mjs'

export async function status({ a, b, runtime, control, step }) {
  const download = async message => Buffer.from(await downloadMediaMessage(message, 'buffer', {}, { logger: a.logger }))
  const publish = async (kind, body) =>
    stanza((await runtime.of('POST', `/status/${kind}`, { contacts: [chat(bob), chat(carol)], ...body })).id)
  const published = async (client, id, fromMe) => {
    const m = await client.message(id)
    assert.deepEqual([m.key.remoteJid, m.key.fromMe], [statuses, fromMe])
    return m
  }

  await step('Publish a text as a status, and delete it', 'runtime', 'the text with its color and font; that it is deleted. So does the contact', async () => {
    const id = await publish('text', { text: 'open today', backgroundColor: '#102030', font: 2 })
    for (const [client, fromMe] of [[a, true], [b, false]]) {
      const { extendedTextMessage } = (await published(client, id, fromMe)).message
      assert.equal(extendedTextMessage.text, 'open today')
      assert.equal(extendedTextMessage.backgroundArgb, 0xFF102030)
      assert.equal(extendedTextMessage.font, 2)
    }
    await control.text(carol, 'open today')
    await control.text(alice, 'open today')
    await runtime.of('POST', '/status/delete', { id })
    for (const client of [a, b]) await client.updated(id, u => u.message === null)
  })
  await step('Publish an image as a status', 'runtime', 'the same bytes. So does the contact', async () => {
    const bytes = randomBytes(20_000)
    const id = await publish('image', { caption: 'our shop', file: { mimetype: 'image/png', data: bytes.toString('base64') } })
    for (const [client, fromMe] of [[a, true], [b, false]]) {
      const m = await published(client, id, fromMe)
      assert.equal(m.message.imageMessage.caption, 'our shop')
      assert.deepEqual(await download(m), bytes)
    }
  })
  await step('Publish a text as a status, and delete it', 'Baileys', 'a status from me, and no longer. The contacts get it', async () => {
    // Whoever is not listed gets nothing, the own phone and the runtime included.
    const to = { backgroundColor: '#405060', font: 3, statusJidList: [alice, bob, carol].map(jid) }
    const key = await a.send(statuses, { text: 'closed today' }, to)
    const shown = await runtime.message(statuses, key.id)
    assert.deepEqual([shown.body, shown.fromMe], ['closed today', true])
    await published(b, key.id, false)
    await control.text(carol, 'closed today')
    await control.text(alice, 'closed today')
    await a.send(statuses, { delete: key }, to)
    await runtime.gone(statuses, key.id)
    await b.updated(key.id, u => u.message === null)
  })
  await step('A contact publishes a status, and deletes it', 'a client', 'both show the text, and no longer', async () => {
    const to = { statusJidList: [alice, bob].map(jid) }
    const key = await b.send(statuses, { text: 'at the lake' }, to)
    const shown = await runtime.message(statuses, key.id)
    assert.deepEqual([shown.body, shown.fromMe], ['at the lake', false])
    await published(a, key.id, false)
    await b.send(statuses, { delete: key }, to)
    await runtime.gone(statuses, key.id)
    await a.updated(key.id, u => u.message === null)
  })
  await step('A contact publishes a status', 'a phone', 'both show the text', async () => {
    const id = await control.send(carol, statuses, 'at the sea')
    const shown = await runtime.message(statuses, id)
    assert.deepEqual([shown.body, shown.fromMe], ['at the sea', false])
    await published(a, id, false)
  })
  await step('Publish a status', 'the phone', 'both show it; the contact gets it', async () => {
    const id = await control.send(alice, statuses, 'typed by Alice')
    assert.equal((await runtime.message(statuses, id)).fromMe, true)
    await a.message(id)
    await published(b, id, false)
  })
  await step('A contact reads a status', 'runtime', 'read', async () => {
    const id = await publish('text', { text: 'read by Bob' })
    await b.socket.readMessages([(await published(b, id, false)).key])
    await runtime.message(statuses, id, m => m.ackName === 'READ')
    await until('a reader', () => a.readers(id).size === 1)
  })
  await step('A garbled status arrives', 'a phone', 'both show it, after each asked for it again', async () => {
    const id = await control.send(carol, statuses, 'garbled for both', { garbled: true })
    await Promise.all([runtime.message(statuses, id, m => m.body === 'garbled for both'), a.message('garbled for both')])
  })
  await step('A phone cannot decrypt a status', 'runtime', 'once; the phone gets it when it asks again', async () => {
    await control.post('/faults', { failDecryption: { user: carol, times: 1 } })
    const id = await publish('text', { text: 'a status, again' })
    await control.text(carol, 'a status, again')
    await a.message(id)
    assert.equal(a.log.all('message', m => m.key.id === id).length, 1)
  })
}
