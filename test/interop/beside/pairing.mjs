import assert from 'node:assert/strict'
import { Client } from '../client.mjs'
import { alice, bob } from '../people.mjs'

export async function pairing(world) {
  const { stage, control, options, step } = world
  const scan = async (client, user) => {
    client.connect()
    const { qr } = await client.log.wait('connection.update', u => u.qr)
    await control.post('/scan', { user, code: qr })
    await client.open()
  }
  const a = world.a = new Client(options, `${stage.folder}/alice.log`)
  const b = world.b = new Client(options, `${stage.folder}/bob.log`)

  await step('Link both to one account', 'both', 'both work; the phone lists two devices', async () => {
    world.runtime = await stage.runtime('alice')
    await control.post('/scan', { user: alice, code: await world.runtime.qr() })
    await world.runtime.working()
    await scan(a, alice)
    await scan(b, bob)
    const { devices } = (await control.get('/users')).find(u => u.number === alice)
    assert.deepEqual(devices.map(d => d.connected), [true, true])
  })
}
