import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { downloadMediaMessage } from '@whiskeysockets/baileys'
import { alice, bob, carol, chat, jid } from '../people.mjs'

export async function content({ a, b, runtime, control, step }) {
  const bytes = randomBytes(20_000)
  const download = async message => Buffer.from(await downloadMediaMessage(message, 'buffer', {}, { logger: a.logger }))
  const file = { mimetype: 'text/csv', filename: 'list.csv', data: bytes.toString('base64') }

  await step('Send a file', 'runtime', 'the same bytes', async () => {
    const id = await runtime.send('sendFile', chat(bob), { file })
    assert.deepEqual(await download(await a.message(id)), bytes)
    assert.deepEqual(await download(await b.message(id)), bytes)
  })
  await step('Send a file', 'Baileys', 'the same bytes', async () => {
    const { id } = await a.send(jid(bob), { document: bytes, mimetype: 'text/csv', fileName: 'list.csv' })
    const shown = await runtime.message(chat(bob), id, m => m.media?.url)
    assert.deepEqual(await runtime.file(shown.media.url), bytes)
  })
  await step('Send an image', 'a phone', 'both have the same bytes', async () => {
    const id = await control.send(carol, alice, 'see', { kind: 'image', content: file.data })
    const shown = await runtime.message(chat(carol), id, m => m.media?.url)
    assert.deepEqual(await runtime.file(shown.media.url), bytes)
    assert.deepEqual(await download(await a.message(id)), bytes)
  })
  await step('Send a location, a contact and a poll', 'runtime', 'their content', async () => {
    const place = await runtime.send('sendLocation', chat(bob), { latitude: 52.5, longitude: 13.4, title: 'Berlin' })
    assert.equal((await a.message(place)).message.locationMessage.degreesLatitude, 52.5)
    const card = await runtime.send('sendContactVcard', chat(bob), { contacts: [{ vcard: 'BEGIN:VCARD\nVERSION:3.0\nFN:Eve\nEND:VCARD' }] })
    assert.match((await a.message(card)).message.contactMessage.vcard, /FN:Eve/)
    const poll = await runtime.send('sendPoll', chat(bob), { poll: { name: 'Lunch?', options: ['Yes', 'No'], multipleAnswers: false } })
    const { message } = await a.message(poll)
    assert.equal((message.pollCreationMessageV3 ?? message.pollCreationMessage).name, 'Lunch?')
  })
  await step('Send a location and a contact', 'Baileys', 'their content', async () => {
    const place = await a.send(jid(bob), { location: { degreesLatitude: 48.1, degreesLongitude: 11.6 } })
    await runtime.message(chat(bob), place.id, m => Math.abs(Number(m.location?.latitude) - 48.1) < 0.001)
    const card = await a.send(jid(bob), { contacts: { displayName: 'Eve', contacts: [{ vcard: 'BEGIN:VCARD\nFN:Eve\nEND:VCARD' }] } })
    await runtime.message(chat(bob), card.id, m => m.vCards?.[0].includes('FN:Eve'))
  })
}
