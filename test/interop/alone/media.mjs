import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { downloadMediaMessage } from '@whiskeysockets/baileys'
import { alice, bob, carol, jid } from '../people.mjs'

export async function media({ a, b, control, step }) {
  const download = async (client, message) => Buffer.from(await downloadMediaMessage(message, 'buffer', {}, {
    logger: client.logger,
  }))

  for (const kind of ['image', 'audio', 'document']) {
    await step(`A phone sends a file: ${kind}`, 'the same bytes', async () => {
      const content = randomBytes(5000)
      const id = await control.send(carol, alice, 'see', { kind, content: content.toString('base64') })
      assert.deepEqual(await download(a, await a.message(id)), content)
    })
  }
  for (const [kind, more] of Object.entries({
    image: { caption: 'look' }, video: { caption: 'watch' }, audio: { ptt: true, mimetype: 'audio/ogg; codecs=opus' },
    document: { mimetype: 'text/csv', fileName: 'list.csv' }, sticker: {},
  })) {
    await step(`Baileys sends a file: ${kind}`, 'the same bytes, at another client and its phone', async () => {
      const content = randomBytes(30_000)
      const key = await a.send(jid(bob), { [kind]: content, ...more })
      assert.deepEqual(await download(b, await b.message(key.id)), content)
      await control.arrived(bob, r => r.id === key.id)
    })
  }
  // Baileys asks the phone when it is told to, not by itself: it looks for the status in
  // the wrong place of the error.
  await step('A file has expired', 'the same bytes, after the phone uploaded it again', async () => {
    const content = randomBytes(5000)
    const id = await control.send(carol, alice, 'old', { kind: 'document', content: content.toString('base64') })
    const m = await a.message(id)
    await control.post('/faults', { media: { method: 'GET', status: 410, times: 1 } })
    await assert.rejects(download(a, m))
    assert.deepEqual(await download(a, await a.socket.updateMediaMessage(m)), content)
  })
}
