import assert from 'node:assert/strict'
import { until } from '../await.mjs'
import { Client } from '../client.mjs'
import { alice, bob, past } from '../people.mjs'

export async function pairing(world) {
  const { stage, control, options, step } = world
  const a = world.a = new Client(options, `${stage.folder}/alice.log`)
  const b = world.b = new Client(options, `${stage.folder}/bob.log`)

  await step('Pair by QR code', 'connected, with number and LID; the phone lists the device', async () => {
    a.connect()
    const { qr } = await a.log.wait('connection.update', u => u.qr)
    await control.post('/scan', { user: alice, code: qr })
    await a.open()
    assert.equal(a.number, alice)
    const { devices } = (await control.get('/users')).find(u => u.number === alice)
    assert.equal(devices.length, 1)
    assert.ok(a.lid.endsWith('@lid'))
  })
  await step('Pair by phone code', 'connected', async () => {
    b.connect()
    await b.log.wait('connection.update', u => u.qr)
    // Baileys returns the code before the server has it.
    const code = await b.socket.requestPairingCode(bob)
    await until('the code to be taken', () => control.post('/code', { user: bob, code }).catch(() => false))
    await b.open()
    assert.equal(b.number, bob)
  })
  await step('The phone sends its history', 'chats, contacts and messages of it', async () => {
    await a.log.wait('messaging-history.set', h => h.progress === 100)
    const ids = list => new Set(a.log.all(`history.${list}`).map(each => each.id ?? each.key.id))
    assert.equal(ids('chats').size, past.chats)
    assert.equal(ids('messages').size, past.messages)
    assert.ok(ids('contacts').size >= past.chats)
  })
  await step('The phone shares its settings', 'the name of the account', async () => {
    await a.log.wait('creds.update', c => c.me?.name === 'Alice')
  })
}
