import assert from 'node:assert/strict'
import { until } from '../await.mjs'
import { alice, carol, chat, jid } from '../people.mjs'

export async function labels({ a, runtime, control, step }) {
  const { key } = await a.message(await control.send(carol, alice, 'label me')) // Carol's chat, also by LID
  const shown = (id, match) => until(`the runtime to show label ${id} so`, async () =>
    match((await runtime.of('GET', '/labels')).find(l => l.id === id)))
  const labelled = (id, wanted) => until(`the runtime to show the chats of label ${id}`, async () =>
    (await runtime.of('GET', `/labels/${id}/chats`)).some(c => c.id === chat(carol)) === wanted)
  const edited = (id, match) => a.log.wait('labels.edit', l => l.id === id && match(l))
  const put = (type, id) => a.log.wait('labels.association', e => e.type === type && e.association.labelId === id &&
    e.association.type === 'label_jid' && [jid(carol), key.remoteJid].includes(e.association.chatId))
  const onChat = ids => runtime.of('PUT', `/labels/chats/${encodeURIComponent(chat(carol))}`, { labels: ids.map(id => ({ id })) })

  await step('Make, change, use and delete a label', 'runtime', 'its name and color, the chat with it and without it, that it is deleted', async () => {
    const { id } = await runtime.of('POST', '/labels', { name: 'Lead', color: 3 })
    await edited(id, l => l.name === 'Lead' && l.color === 3 && !l.deleted)
    await runtime.of('PUT', `/labels/${id}`, { name: 'Hot lead', color: 4 })
    await edited(id, l => l.name === 'Hot lead' && l.color === 4 && !l.deleted)
    await onChat([id])
    await put('add', id)
    await onChat([])
    await put('remove', id)
    await runtime.of('DELETE', `/labels/${id}`)
    await edited(id, l => l.deleted)
  })
  await step('Make, change, use and delete a label', 'Baileys', 'its name and color, the chat with it and without it, that it is deleted', async () => {
    const id = '21'
    await a.socket.addLabel('', { id, name: 'Paid', color: 5, deleted: false })
    await shown(id, l => l?.name === 'Paid' && l.color === 5)
    await a.socket.addLabel('', { id, name: 'Paid twice', color: 6, deleted: false })
    await shown(id, l => l?.name === 'Paid twice' && l.color === 6)
    await a.socket.addChatLabel(jid(carol), id)
    await labelled(id, true)
    await a.socket.removeChatLabel(jid(carol), id)
    await labelled(id, false)
    await a.socket.addLabel('', { id, name: 'Paid twice', color: 6, deleted: true })
    await shown(id, l => l === undefined)
  })
  await step('Make and use a label', 'the phone', 'both show the label, and the chat with it', async () => {
    const id = '22'
    await control.post('/labels', { user: alice, id, name: 'Supplier', color: 7 })
    await shown(id, l => l?.name === 'Supplier' && l.color === 7)
    await edited(id, l => l.name === 'Supplier' && l.color === 7)
    await control.post('/chats', { user: alice, chat: carol, labels: { [id]: true } })
    await labelled(id, true)
    await put('add', id)
  })
  await step('Make a label after the others', 'runtime', 'a label with the next id', async () => {
    const { id } = await runtime.of('POST', '/labels', { name: 'Next' })
    assert.equal(id, '23')
    await edited(id, l => l.name === 'Next')
  })
}
