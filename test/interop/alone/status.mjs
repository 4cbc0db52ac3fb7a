import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { downloadMediaMessage } from '@whiskeysockets/baileys'
import { textOf } from '../client.mjs'
import { alice, bob, carol, jid, statuses } from '../people.mjs'

export async function status({ a, b, control, step }) {
  // Whoever is not listed gets nothing, the own phone included.
  const statusJidList = [alice, bob, carol].map(jid)
  const shown = async id => {
    const m = await b.message(id)
    assert.deepEqual([m.key.remoteJid, m.key.fromMe, m.key.participant], [statuses, false, jid(alice)])
    return m
  }

  await step('Baileys publishes a text as a status, and deletes it', 'its color and font at a contact, the text on all phones; that it is deleted', async () => {
    const key = await a.send(statuses, { text: 'open today' }, { statusJidList, backgroundColor: '#102030', font: 2 })
    const { extendedTextMessage } = (await shown(key.id)).message
    assert.deepEqual([extendedTextMessage.text, extendedTextMessage.backgroundArgb, extendedTextMessage.font], ['open today', 0xFF102030, 2])
    for (const user of [alice, bob, carol]) await control.text(user, 'open today')
    await a.send(statuses, { delete: key }, { statusJidList })
    await b.updated(key.id, u => u.message === null)
  })
  await step('Baileys publishes an image as a status', 'the same bytes', async () => {
    const image = randomBytes(5000)
    const m = await shown((await a.send(statuses, { image, caption: 'our shop' }, { statusJidList })).id)
    assert.equal(textOf(m.message), 'our shop')
    assert.deepEqual(Buffer.from(await downloadMediaMessage(m, 'buffer', {}, { logger: b.logger })), image)
  })
  await step('A phone publishes a status', 'the text; the phone hears who has read it', async () => {
    const m = await a.message(await control.send(carol, statuses, 'at the sea'))
    assert.deepEqual([m.key.remoteJid, m.key.fromMe, textOf(m.message)], [statuses, false, 'at the sea'])
    await a.socket.readMessages([m.key])
    await control.receipt(carol, 'read', m.key.id)
  })
  await step('A garbled status arrives', 'the text, after it was asked for again', async () => {
    await control.send(carol, statuses, 'garbled for all', { garbled: true })
    await Promise.all([a.message('garbled for all'), b.message('garbled for all')])
  })
}
