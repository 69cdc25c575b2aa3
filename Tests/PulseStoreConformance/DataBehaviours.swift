let dataBehaviours: [Behaviour] = []
